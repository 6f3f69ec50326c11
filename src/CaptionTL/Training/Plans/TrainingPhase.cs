using System.Text.Json.Serialization;
using CaptionTL.Images;

namespace CaptionTL.Training.Plans;

/// <summary>Epochs with one set of trainable blocks, rates and augmentation, and one objective.</summary>
public sealed record TrainingPhase
{
    public string Name { get; init; } = "main";

    /// <summary>
    /// What trains besides the head: none; last:2 (the backbone's last two blocks); from:layer4 or layer4 (that block and those after
    /// it); all. Everything below comes from the cache.
    /// </summary>
    public string Unfreeze { get; init; } = "none";

    /// <summary>What the phase optimises.</summary>
    public TrainingObjective Objective { get; init; } = new CrossEntropyObjective();

    /// <summary>
    /// Another random version of every training image in every epoch, instead of the plan's views from the cache; null for those.
    /// What it changes cannot be cached, so every step reads and decodes its images and computes the frozen blocks as well: a phase that
    /// trains the head alone takes many times as long (for every image the time of an embedding, some 15 ms with EfficientNet-Lite0 on two
    /// cores), one that trains most blocks hardly longer. Dev images still come from the cache.
    /// </summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Passes over the training data.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Captions (from the data, or drawn) or labelled images per step.</summary>
    public int BatchSize { get; init; } = 150;

    /// <summary>
    /// Captions of an image that are learned in one batch; captions only. Apart (1), a batch has as many images as captions, and the
    /// decoder learns faster from so many; together, blocks of the backbone that train are computed once for all of them.
    /// </summary>
    public int CaptionsTogether { get; init; } = 1;

    /// <summary>The head's highest learning rate in the schedule.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Rate of the backbone's last block as a share of the head's.</summary>
    public double BackboneRate { get; init; } = 0.1;

    /// <summary>Rate of each block as a share of the next one's (discriminative rates, Howard and Ruder, 2018).</summary>
    public double BlockDecay { get; init; } = 1;

    /// <summary>
    /// Whether batch normalisation within the blocks that train trains too; otherwise it keeps the statistics it came with.
    /// </summary>
    public bool TrainBatchNorm { get; init; }

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Share of the steps in which the rate rises.</summary>
    public double WarmUp { get; init; } = 0.1;

    /// <summary>Decoupled weight decay (AdamW) of matrices; word vectors, biases and norms have none.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Gradients with a larger Euclidean norm over all parameters are scaled down to it.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Probability that the targets spread over all words or classes; cross-entropy only.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Share of the words fed in that are replaced by "unknown"; captions only.</summary>
    public double WordDropout { get; init; } = 0.05;

    /// <summary>
    /// Share of the words fed in that are not the true ones, but drawn from what the model predicts there itself, so that it learns to
    /// recover from its own mistakes (scheduled sampling, Bengio et al., 2015; all words at once as in Duckworth et al., 2019). Grows from
    /// 0 in the first epoch to this in the last. Costs another forward pass; captions with the cross-entropy objective only.
    /// </summary>
    public double ScheduledSampling { get; init; }

    /// <summary>
    /// Strength of mixing two images and their labels (Zhang et al., 2018): the parameter of the Beta distribution; 0 mixes none.
    /// Classes only.
    /// </summary>
    public double Mixup { get; init; }

    /// <summary>
    /// Decay per step of the weights' moving average, which is what is evaluated and kept; 0 keeps the weights as they are.
    /// </summary>
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Epochs without a better score on the dev split after which the phase ends.</summary>
    public int Patience { get; init; } = 3;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public TrainingPhase Validated()
    {
        if (string.IsNullOrWhiteSpace(Unfreeze)) throw Wrong("unfreeze", "empty", "none, last:2, from:BLOCK or all");
        if (Epochs is < 1 or > 10_000) throw Wrong("epochs", Epochs, "from 1 to 10000");
        if (BatchSize is < 1 or > 65_536) throw Wrong("batch size", BatchSize, "from 1 to 65536");
        if (CaptionsTogether is < 1 or > 100) throw Wrong("captions together", CaptionsTogether, "from 1 to 100");
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw Wrong("learning rate", LearningRate, "above 0");
        if (BackboneRate is not (> 0 and <= 100)) throw Wrong("backbone rate", BackboneRate, "above 0 and at most 100");
        if (BlockDecay is not (> 0 and <= 1)) throw Wrong("block decay", BlockDecay, "above 0 and at most 1");
        if (WarmUp is not (>= 0 and < 1)) throw Wrong("warm-up", WarmUp, "from 0 up to, but not including, 1");
        if (WeightDecay is not (>= 0 and < 1)) throw Wrong("weight decay", WeightDecay, "from 0 up to, but not including, 1");
        if (!(ClipNorm > 0)) throw Wrong("clip norm", ClipNorm, "above 0");
        if (LabelSmoothing is not (>= 0 and < 1)) throw Wrong("label smoothing", LabelSmoothing, "from 0 up to, but not including, 1");
        if (WordDropout is not (>= 0 and < 1)) throw Wrong("word dropout", WordDropout, "from 0 up to, but not including, 1");
        if (ScheduledSampling is not (>= 0 and < 1))
            throw Wrong("scheduled sampling", ScheduledSampling, "from 0 up to, but not including, 1");
        if (Mixup is not (>= 0 and <= 10)) throw Wrong("mixup", Mixup, "from 0 to 10");
        if (EmaDecay is not (>= 0 and < 1)) throw Wrong("EMA decay", EmaDecay, "from 0 up to, but not including, 1");
        if (Patience < 1) throw Wrong("patience", Patience, "at least 1");
        if (Objective is null) throw Wrong("objective", "missing", "crossEntropy or selfCritical");
        Objective.Validated(this);
        Augmentation?.Validate();
        return this;
    }

    internal CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"Phase '{Name}': the {name} is {value}; it must be {range}."));
}

/// <summary>How the learning rate changes over a phase.</summary>
public enum LearningRateSchedule
{
    /// <summary>
    /// Cosine up from 1/25 of the rate, then cosine down to almost 0 (Smith and Topin, 2018; PyTorch's OneCycleLR).
    /// </summary>
    OneCycle,

    /// <summary>Straight up from 0, then cosine down to 0 (Loshchilov and Hutter, 2017).</summary>
    Cosine,

    /// <summary>Straight up from 0, then level.</summary>
    Constant,
}

/// <summary>The learning rate as a function of the step alone, so that a resumed phase needs no scheduler state.</summary>
public static class LearningRates
{
    private const double OneCycleStart = 1 / 25.0;
    private const double OneCycleEnd = OneCycleStart / 1e4;

    /// <summary>The rate of step <paramref name="step"/> (from 0) of <paramref name="total"/>.</summary>
    public static double At(TrainingPhase phase, long step, long total)
    {
        var rising = phase.WarmUp * total - 1;
        if (step <= rising && rising > 0)
            return phase.LearningRate * (phase.Schedule == LearningRateSchedule.OneCycle
                ? Cosine(OneCycleStart, 1, step / rising)
                : (step + 1) / (rising + 1));
        var falling = total - 1 - Math.Max(0, rising);
        var progress = falling > 0 ? Math.Clamp((step - Math.Max(0, rising)) / falling, 0, 1) : 1;
        return phase.LearningRate * phase.Schedule switch
        {
            LearningRateSchedule.OneCycle => Cosine(1, OneCycleEnd, progress),
            LearningRateSchedule.Cosine => Cosine(1, 0, progress),
            _ => 1,
        };
    }

    private static double Cosine(double from, double to, double progress) => to + (from - to) * (1 + Math.Cos(Math.PI * progress)) / 2;
}

/// <summary>What a phase optimises. In a plan file, "kind" says which objective it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CrossEntropyObjective), "crossEntropy")]
[JsonDerivedType(typeof(SelfCriticalObjective), "selfCritical")]
public abstract record TrainingObjective
{
    /// <exception cref="CaptionTLException">A value is out of range; the message names phase and value.</exception>
    public abstract TrainingObjective Validated(TrainingPhase phase);
}

/// <summary>The probability of what people wrote: each word after the true words before it, or each image's label.</summary>
public sealed record CrossEntropyObjective : TrainingObjective
{
    public override TrainingObjective Validated(TrainingPhase phase) => this;
}

/// <summary>
/// The CIDEr-D of what the decoder writes by itself: it draws several captions of each training image, and makes those that are better
/// than the others of their image likelier, and those that are worse less likely (self-critical sequence training, Rennie et al., 2017;
/// the other captions as baseline, Luo, 2020, "A better variant of self-critical sequence training"). Captions only, and only after a
/// phase that has taught the decoder to write. Soon only the training images' scores rise, so such a phase needs few epochs, a small rate
/// and the head's full dropout; the phase's <see cref="TrainingPhase.BatchSize"/> counts the captions drawn.
/// </summary>
public sealed record SelfCriticalObjective : TrainingObjective
{
    /// <summary>Number of captions drawn for each image; their rewards are compared with each other.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>
    /// Divides the scores when a caption is sampled and when its probability is changed; below 1 likely words become likelier. A decoder
    /// trained with label smoothing gives every word of the vocabulary a little probability, so at 1 most captions have a wrong word.
    /// </summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>A caption that has not ended by itself is cut off here, words.</summary>
    public int MaximumWords { get; init; } = 22;

    public override TrainingObjective Validated(TrainingPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        if (Samples is < 2 or > 100) throw phase.Wrong("objective's number of samples", Samples, "from 2 to 100");
        if (!(Temperature > 0) || !double.IsFinite(Temperature)) throw phase.Wrong("objective's temperature", Temperature, "above 0");
        if (MaximumWords is < 1 or > 200) throw phase.Wrong("objective's maximum of words", MaximumWords, "from 1 to 200");
        if (phase.BatchSize < Samples) throw phase.Wrong("batch size", phase.BatchSize, $"at least the {Samples} samples of one image");
        return this;
    }
}
