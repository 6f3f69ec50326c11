namespace CaptionTL.Weights.Keras;

/// <summary>A layer of a network as keras.applications defines it, and what it is called here.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Torch">Prefix of its tensors here, without the last full stop.</param>
/// <param name="Names">Keras's names for it; none where Keras numbers such layers.</param>
internal sealed record KerasTarget(KerasKind Kind, string Torch, params string[] Names)
{
    /// <summary>Absent in files saved with include_top=False.</summary>
    public bool IsTop { get; init; }

    /// <summary>The first convolution of a network that takes blue first, here red first.</summary>
    public bool SwapsColours { get; init; }

    /// <summary>A dense layer behind Flatten: height × width of the grid, whose channels come last in Keras and first here.</summary>
    public int FlattenedCells { get; init; } = 1;

    /// <summary>Of a normalisation: the convolution before it, whose bias is taken into its mean.</summary>
    public string? TakesBiasOf { get; init; }
}
