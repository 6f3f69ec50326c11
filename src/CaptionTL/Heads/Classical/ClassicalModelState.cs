namespace CaptionTL.Heads.Classical;

/// <summary>What a file says of the conventional model in it, besides its tensors.</summary>
public sealed record ClassicalModelState
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required ClassicalKind Kind { get; init; }

    /// <summary>Numbers a picture.</summary>
    public required int Features { get; init; }

    /// <summary>Labels, ascending.</summary>
    public required IReadOnlyList<int> Classes { get; init; }

    /// <summary>Whether the tensors <c>mean</c> and <c>deviation</c> are there.</summary>
    public bool Standardized { get; init; }

    public double? Temperature { get; init; }

    public SvmKernel? Kernel { get; init; }

    public double? Gamma { get; init; }

    public int? Neighbours { get; init; }

    public FeatureDistance? Distance { get; init; }
}
