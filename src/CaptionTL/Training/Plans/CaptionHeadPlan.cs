using System.Text.Json.Serialization;
using CaptionTL.Heads;

namespace CaptionTL.Training.Plans;

/// <summary>An LSTM that writes captions; what the plan does not know, channels and vocabulary, comes from the data.</summary>
public sealed record CaptionHeadPlan : HeadPlan
{
    [JsonIgnore]
    public override string Task => "caption";

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

    /// <summary>Captions with words that occur less often in the training captions learn "unknown" in their place.</summary>
    public int MinimumWordFrequency { get; init; } = 5;

    /// <summary>Longer training captions are cut off, words.</summary>
    public int MaximumWords { get; init; } = 22;

    /// <summary>How the dev captions that choose the best epoch are written, and later those of the model.</summary>
    public DecodingOptions Decoding { get; init; } = new() { Mirror = true, CheckThings = true };

    [JsonIgnore]
    public override int DevViews => Decoding.Views;

    public override HeadPlan Validated()
    {
        if (MinimumWordFrequency < 1) throw Wrong("minimum word frequency", MinimumWordFrequency, "at least 1");
        if (MaximumWords is < 1 or > 200) throw Wrong("maximum words", MaximumWords, "from 1 to 200");
        ToOptions(1, 1, 5); // checks the rest
        Decoding.Validated();
        return this;
    }

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
