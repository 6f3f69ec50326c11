using System.Text.Json.Serialization;
using CaptionTL.Captions;

namespace CaptionTL.Training.Plans;

/// <summary>What stands on top of the backbone. In a plan file, "kind" says which head it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CaptionHeadPlan), "caption")]
[JsonDerivedType(typeof(DenseHeadPlan), "dense")]
[JsonDerivedType(typeof(ClassicalHeadPlan), "classical")]
public abstract record HeadPlan
{
    /// <summary>What the model is for: "caption" or "classify".</summary>
    [JsonIgnore]
    public abstract string Task { get; }

    /// <summary>Number of views of every dev image used for scoring: the image, and its mirror image where that is read too.</summary>
    [JsonIgnore]
    public virtual int DevViews => 1;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public abstract HeadPlan Validated();

    protected static CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"The head's {name} is {value}; it must be {range}."));
}

/// <summary>An LSTM that writes captions; channels and vocabulary come from the network and the data.</summary>
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

    /// <summary>How captions are written: those of the dev images, which choose the best epoch, and later the model's.</summary>
    public DecodingOptions Decoding { get; init; } = new() { Mirror = true, CheckLabels = true };

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

/// <summary>Fully connected layers with ReLU and dropout, then class scores and softmax.</summary>
public sealed record DenseHeadPlan : HeadPlan
{
    [JsonIgnore]
    public override string Task => "classify";

    public Pooling Pooling { get; init; } = Pooling.Average;

    /// <summary>Units of the layers between the pooled features and the classes; none: one linear layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Share of each layer's input, the pooled features' too, set to zero in training.</summary>
    public double Dropout { get; init; } = 0.2;

    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    public override HeadPlan Validated()
    {
        foreach (var units in Hidden)
            if (units is < 1 or > 16_384) throw Wrong("hidden", units, "layers of 1 to 16384 units");
        if (Hidden.Count > 8) throw Wrong("hidden", Hidden.Count, "at most 8 layers");
        if (Dropout is not (>= 0 and < 1)) throw Wrong("dropout", Dropout, "from 0 up to, but not including, 1");
        return this;
    }
}

/// <summary>How a grid (cells, channels) becomes one vector.</summary>
public enum Pooling
{
    /// <summary>Mean over the cells: channels numbers.</summary>
    Average,

    /// <summary>Maximum over the cells: channels numbers.</summary>
    Max,

    /// <summary>Both, mean first: 2 · channels numbers.</summary>
    Both,

    /// <summary>All of it, cell by cell: cells · channels numbers.</summary>
    Flatten,
}

/// <summary>How much an image counts in training, by its class.</summary>
public enum ClassWeighting
{
    /// <summary>Every image counts the same.</summary>
    None,

    /// <summary>Every class counts the same: an image's weight is the inverse of its class's share (scikit-learn's "balanced").</summary>
    Balanced,
}
