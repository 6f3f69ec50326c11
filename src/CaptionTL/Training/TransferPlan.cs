using CaptionTL.Heads;
using CaptionTL.Images;

namespace CaptionTL.Training;

/// <summary>
/// How a pretrained network is reused, as data: backbone, cut, head, phases. Everything up to the cut is frozen and computed
/// once into the embedding cache; what stands above trains. Written to the run folder as plan.resolved.json.
/// </summary>
public sealed record TransferPlan
{
    /// <summary>Name of a backbone's weights, or of an architecture (its first weights).</summary>
    public string Backbone { get; init; } = "tf_efficientnet_lite0.in1k";

    /// <summary>The last frozen block; the backbone's last block when null.</summary>
    public string? Cut { get; init; }

    /// <summary>Captions speak of the whole picture, so by default nothing is cropped off.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Squash;

    /// <summary>Width and height the pictures are brought to, pixels; what the weights were trained with when null.</summary>
    public int? InputSize { get; init; }

    /// <summary>Augmented versions of every training picture in the cache; 1 is the picture alone.</summary>
    public int Views { get; init; } = 4;

    /// <summary>Captions with words that occur less often in the training captions learn "unknown" in their place.</summary>
    public int MinimumWordFrequency { get; init; } = 5;

    /// <summary>Longer training captions are cut off, words.</summary>
    public int MaximumWords { get; init; } = 22;

    /// <summary>
    /// Captions of a picture that are learned in one batch: more of them cost less, since the picture is projected once for all, but an
    /// epoch then shows each picture less often.
    /// </summary>
    public int CaptionsTogether { get; init; } = 5;

    public HeadPlan Head { get; init; } = new();

    public IReadOnlyList<TrainingPhase> Phases { get; init; } = [new TrainingPhase()];

    /// <summary>How the dev captions that choose the best epoch are written.</summary>
    public DecodingOptions Decoding { get; init; } = new();

    /// <summary>Of everything random: split, first weights, order, dropout.</summary>
    public long Seed { get; init; } = 1;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public TransferPlan Validated()
    {
        if (string.IsNullOrWhiteSpace(Backbone)) throw new CaptionTLException("The plan names no backbone.");
        if (InputSize is < 32 or > 2048) throw Wrong("input size", InputSize, "from 32 to 2048");
        if (Views is < 1 or > 64) throw Wrong("views", Views, "from 1 to 64");
        if (MinimumWordFrequency < 1) throw Wrong("minimum word frequency", MinimumWordFrequency, "at least 1");
        if (MaximumWords is < 1 or > 200) throw Wrong("maximum words", MaximumWords, "from 1 to 200");
        if (CaptionsTogether is < 1 or > 100) throw Wrong("captions together", CaptionsTogether, "from 1 to 100");
        if (Phases.Count == 0) throw new CaptionTLException("The plan has no phases, so nothing would be trained.");
        foreach (var phase in Phases) phase.Validated();
        Decoding.Validated();
        return this;
    }

    private static CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"The plan's {name} is {value}; it must be {range}."));
}
