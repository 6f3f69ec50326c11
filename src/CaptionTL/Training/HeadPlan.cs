using CaptionTL.Heads;

namespace CaptionTL.Training;

/// <summary>The caption decoder as a plan describes it; what it does not know, channels and vocabulary, comes from the data.</summary>
public sealed record HeadPlan
{
    /// <inheritdoc cref="CaptionDecoderOptions.Hidden"/>
    public int Hidden { get; init; } = 512;

    /// <inheritdoc cref="CaptionDecoderOptions.Attention"/>
    public bool Attention { get; init; } = true;

    /// <inheritdoc cref="CaptionDecoderOptions.Heads"/>
    public int Heads { get; init; } = 8;

    /// <inheritdoc cref="CaptionDecoderOptions.CellDropout"/>
    public double CellDropout { get; init; } = 0.1;

    /// <inheritdoc cref="CaptionDecoderOptions.MemoryDropout"/>
    public double MemoryDropout { get; init; } = 0.3;

    /// <inheritdoc cref="CaptionDecoderOptions.EmbeddingDropout"/>
    public double EmbeddingDropout { get; init; } = 0.3;

    /// <inheritdoc cref="CaptionDecoderOptions.OutputDropout"/>
    public double OutputDropout { get; init; } = 0.4;

    public CaptionDecoderOptions ToOptions(int channels, int cells, int vocabularySize) => new CaptionDecoderOptions
    {
        Channels = channels,
        Cells = cells,
        VocabularySize = vocabularySize,
        Hidden = Hidden,
        Attention = Attention,
        Heads = Heads,
        CellDropout = CellDropout,
        MemoryDropout = MemoryDropout,
        EmbeddingDropout = EmbeddingDropout,
        OutputDropout = OutputDropout,
    }.Validated();
}
