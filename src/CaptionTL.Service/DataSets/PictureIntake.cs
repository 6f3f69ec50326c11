using System.Security.Cryptography;
using CaptionTL.Datasets;
using CaptionTL.Images;
using CaptionTL.Service.Api;

namespace CaptionTL.Service.DataSets;

/// <summary>Takes pictures one by one into a new folder under numbers; the names they came with are only written down.</summary>
/// <param name="folder">Of the data set in the making.</param>
/// <param name="limits">How much may come.</param>
internal sealed class PictureIntake(string folder, DataSetOptions limits)
{
    private const int LongestName = 200;

    private readonly List<PictureRow> _rows = [];
    private readonly List<DatasetProblem> _leftOut = [];
    private long _bytes;

    public string Folder => folder;

    public IReadOnlyList<PictureRow> Rows => _rows;

    public IReadOnlyList<DatasetProblem> LeftOut => _leftOut;

    public void Leave(string name, string reason) => _leftOut.Add(new DatasetProblem(Shown(name), reason));

    /// <summary>Keeps a picture. What is no picture at all is left out; a damaged one is kept, and the check tells.</summary>
    /// <exception cref="ApiException">More bytes or files than are taken.</exception>
    public void Add(byte[] bytes, string name, IReadOnlyList<string>? captions, string? label, Split? split)
    {
        _bytes += bytes.Length;
        if (_bytes > limits.MaxUnpackedBytes) throw TooLarge(limits.MaxUnpackedBytes);
        if (_rows.Count + _leftOut.Count >= limits.MaxFiles) throw TooMany(limits.MaxFiles);
        if (Extension(bytes, name) is not { } extension) return;
        var id = _rows.Count + 1;
        var size = Size(bytes);
        var row = new PictureRow
        {
            Id = id, File = PictureRow.FileOf(id, extension), Name = Shown(name), Bytes = bytes.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Width = size?.Width, Height = size?.Height, Captions = captions is { Count: > 0 } ? captions : null, Label = label, Split = split,
        };
        var path = Path.Combine(folder, row.File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        _rows.Add(row);
    }

    /// <summary>A person looked at these: it is kept with them.</summary>
    public void MarkCorrected()
    {
        for (var i = 0; i < _rows.Count; i++) _rows[i] = _rows[i] with { Corrected = true };
    }

    public static ApiException TooLarge(long bytes) => new(413, "upload_too_large", FormattableString.Invariant($"The upload has more than {bytes:N0} bytes when unpacked."), "Send it as several data sets, or smaller pictures: the network looks at some hundred pixels a side.");

    public static ApiException TooMany(int files) => new(413, "too_many_files", FormattableString.Invariant($"The upload has more than {files:N0} files."), "Send it as several data sets.");

    private string? Extension(byte[] bytes, string name)
    {
        try
        {
            return ImageFormatDetector.Detect(bytes) switch
            {
                ImageFormat.Jpeg => ".jpg",
                var other => "." + other.ToString().ToLowerInvariant(),
            };
        }
        catch (ImageException e)
        {
            Leave(name, e.Message);
            return null;
        }
    }

    private static ImageHeader? Size(byte[] bytes)
    {
        try
        {
            return ImageDecoder.ReadHeader(bytes);
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>Without control characters, which could forge lines of logs and terminals, and not endless.</summary>
    private static string Shown(string name)
    {
        var plain = new string([.. name.Select(c => char.IsControl(c) ? '_' : c)]).Trim();
        if (plain.Length == 0) return "picture";
        return plain.Length <= LongestName ? plain : "…" + plain[^(LongestName - 1)..];
    }
}
