using System.Text.Json.Serialization;
using CaptionTL.Images;

namespace CaptionTL.Training.Plans;

/// <summary>
/// How a pretrained network is reused, as data: backbone, the layer whose output the head reads, head, phases. What no phase trains is
/// frozen and computed once into the embedding cache. Written to the run folder as plan.resolved.json.
/// </summary>
public sealed record TransferPlan
{
    /// <summary>Name of a backbone's weights, or of an architecture (its first weights).</summary>
    public string Backbone { get; init; } = "tf_efficientnet_lite0.in1k";

    /// <summary>The block whose output the head reads; the backbone's last block when null.</summary>
    public string? Layer { get; init; }

    /// <summary>How images are resized to the input size.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Squash;

    /// <summary>Width and height that images are resized to, in pixels; those the weights were trained with when null.</summary>
    public int? InputSize { get; init; }

    /// <summary>
    /// Augmented versions of every training image in the cache; 1 is the image alone. They cost once; a phase that wants new ones in every
    /// epoch, and pays for them in every epoch, has a <see cref="TrainingPhase.Augmentation"/>.
    /// </summary>
    public int Views { get; init; } = 4;

    /// <summary>
    /// Share of the training images that is learned from, 0 to 1: for learning curves. The dev images stay the same.
    /// </summary>
    public double TrainShare { get; init; } = 1;

    public required HeadPlan Head { get; init; }

    /// <summary>None where the head is fitted in one go (<see cref="ClassicalHeadPlan"/>).</summary>
    public IReadOnlyList<TrainingPhase> Phases { get; init; } = [];

    /// <summary>Whether a phase trains blocks of the backbone, so that it no longer is the published network.</summary>
    [JsonIgnore]
    public bool TrainsBackbone => Phases.Any(p => p.Unfreeze != "none");

    /// <summary>Decides everything random: split, first weights, order, dropout.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Shuffled-image baseline: every image keeps its captions or label and gets the embedding of another image of its split, in training
    /// and in scoring. The same plan's scores without it are higher by what the images contribute.
    /// </summary>
    public bool Blind { get; init; }

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public TransferPlan Validated()
    {
        if (string.IsNullOrWhiteSpace(Backbone)) throw new CaptionTLException("The plan names no backbone.");
        if (InputSize is < 32 or > 2048) throw Wrong("input size", InputSize, "from 32 to 2048");
        if (Views is < 1 or > 64) throw Wrong("views", Views, "from 1 to 64");
        if (TrainShare is not (> 0 and <= 1)) throw Wrong("train share", TrainShare, "above 0 and at most 1");
        if (Head is null) throw new CaptionTLException("The plan has no head.");
        Head.Validated();
        if (Head is ClassicalHeadPlan && Phases.Count > 0)
            throw new CaptionTLException("A classical head is fitted in one go; its plan has no phases.");
        if (Head is not ClassicalHeadPlan && Phases.Count == 0)
            throw new CaptionTLException("The plan has no phases, so nothing would be trained.");
        foreach (var phase in Phases) phase.Validated();
        if (Phases.FirstOrDefault(p => p.Objective is SelfCriticalObjective) is { } selfCritical)
        {
            if (Head is not CaptionHeadPlan)
                throw new CaptionTLException($"Phase '{selfCritical.Name}': self-critical training is for captions, and this plan's "
                    + "head learns classes.");
            if (Phases[0].Objective is SelfCriticalObjective)
                throw new CaptionTLException($"Phase '{selfCritical.Name}': self-critical training improves a captioner that can "
                    + "write already, so a plan cannot begin with it. Put a phase with cross-entropy before it.");
        }
        return this;
    }

    private static CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"The plan's {name} is {value}; it must be {range}."));
}
