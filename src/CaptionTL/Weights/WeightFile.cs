namespace CaptionTL.Weights;

/// <summary>A row of the manifest: one published weight file.</summary>
public sealed record WeightFile
{
    /// <summary>What the weights are called, for instance <c>tf_efficientnet_lite0.in1k</c>; also a folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file's own name, for instance <c>model.safetensors</c> or <c>resnet50-0676ba61.pth</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Where its publisher offers it.</summary>
    public required Uri Address { get; init; }

    /// <summary>Bytes, where known.</summary>
    public long? Size { get; init; }

    /// <summary>SHA-256 in hexadecimal: all 64 digits, the first ones (at least eight) where only those are known, or empty where none are:
    /// then the file's own structure and the network's shapes are the only check.</summary>
    public required string Sha256 { get; init; }

    /// <summary>SPDX name, for instance Apache-2.0.</summary>
    public required string Licence { get; init; }

    /// <summary>Who trained it on what.</summary>
    public required string Source { get; init; }

    /// <summary>Whether a file's SHA-256 is the published one.</summary>
    public bool Matches(string sha256) => sha256 is not null && sha256.StartsWith(Sha256, StringComparison.OrdinalIgnoreCase);

    /// <summary>Rows are written by hand: what is wrong in one is found when it is used first.</summary>
    internal void RequireValid()
    {
        if (!IsFileName(Name) || !IsFileName(FileName)) throw new ArgumentException($"'{Name}' and '{FileName}' must be plain file names");
        if (Sha256.Length is (> 0 and < 8) or > 64 || !Sha256.All(char.IsAsciiHexDigit)) throw new ArgumentException($"{Name}: '{Sha256}' is not a SHA-256 or the start of one");
    }

    private static bool IsFileName(string name) => name.Length > 0 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
