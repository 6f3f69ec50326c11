using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;

namespace CaptionTL.Training;

/// <summary>
/// What a plan's head learns from a data set: its images with what people said about them, and how the head is trained.
/// </summary>
internal abstract class LearningTask
{
    /// <summary>Splits the images, or takes the split that the run was begun with.</summary>
    /// <param name="run">Keeps the split, and what else is to be kept.</param>
    /// <param name="plan">For the seed of a split that is drawn, and the share of the training images.</param>
    /// <exception cref="CaptionTLException">There is nothing to train on or to score, or images of the split are gone.</exception>
    public abstract void Begin(RunFolder run, TransferPlan plan);

    public abstract IReadOnlyList<EmbeddingItem> Train { get; }

    public abstract IReadOnlyList<EmbeddingItem> Dev { get; }

    /// <summary>What was learned from, for the bundle; after <see cref="Keep"/>.</summary>
    public abstract BundleData Data { get; }

    /// <summary>A share of the images: the same ones, and some more, for a larger share.</summary>
    protected static IReadOnlyList<T> Share<T>(IReadOnlyList<T> items, TransferPlan plan) where T : DatasetItem
    {
        if (plan.TrainShare >= 1) return items;
        var taken = items.OrderBy(i => DrawOrder.Key(i.Id, (ulong)plan.Seed), StringComparer.Ordinal)
            .Take(DrawOrder.Share(plan.TrainShare, items.Count)).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        return [.. items.Where(i => taken.Contains(i.Id))];
    }

    /// <summary>Leaves out the images that cannot be read, and gets ready to learn.</summary>
    /// <param name="train">Positions of the training images that can.</param>
    /// <param name="dev">Of the dev images.</param>
    /// <exception cref="CaptionTLException">What is left is too little to learn from.</exception>
    public abstract void Keep(IReadOnlyList<int> train, IReadOnlyList<int> dev);

    /// <summary>What the plan's phases train, with its first weights; the caller disposes its network.</summary>
    /// <exception cref="CaptionTLException">The head is fitted in one go, or there is nothing to learn from.</exception>
    public abstract ILearner Learner(LearningContext context);

    /// <summary>Trains the head, and the blocks that the plan's phases name; goes on where an earlier start was interrupted.</summary>
    /// <exception cref="OperationCanceledException">Stopped in an orderly way; the same call goes on.</exception>
    public abstract TrainedHead Learn(LearningContext context, CancellationToken cancellation);
}

/// <summary>What the trainer trains: a network with its data, loss and scores. The trainer knows nothing else about the task.</summary>
public interface ILearner
{
    TransferNetwork Network { get; }

    /// <summary>Gets the embeddings of the phase's cut ready; the network has been told of the phase before.</summary>
    void Begin(TrainingPhase phase, CancellationToken cancellation);

    /// <summary>Batches of an epoch (from 0): the same for the same phase and epoch.</summary>
    IReadOnlyList<int[]> Batches(TrainingPhase phase, int epoch);

    /// <summary>Forward and backward pass of one batch; leaves the gradients alone where the loss is no number.</summary>
    /// <returns>The loss, and what else there is to know of the step.</returns>
    LearnerStep Backpropagate(TrainingPhase phase, int[] batch, int epoch, Random random);

    /// <summary>Scores the dev split; the network is in inference mode.</summary>
    LearnerEvaluation Evaluate(Action<long, long> progress, CancellationToken cancellation);
}

/// <summary>What an evaluation on the dev split found.</summary>
/// <param name="Scores">Numbers.</param>
/// <param name="Samples">Some answers, for the run folder's samples.</param>
/// <param name="Warning">Something the person at the keyboard should know now.</param>
public sealed record LearnerEvaluation(RunScores Scores, object Samples, string? Warning = null)
{
    /// <summary>Other numbers that are logged and choose nothing, by the names they have in metrics.jsonl.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;
}

/// <summary>What one step of a learner found.</summary>
/// <param name="Loss">Made smaller.</param>
public sealed record LearnerStep(float Loss)
{
    /// <summary>
    /// Other numbers, the same in every step of a phase, by the names they have in metrics.jsonl; their means are shown and kept.
    /// </summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;
}

/// <summary>What a task needs to learn.</summary>
/// <param name="Plan">Validated.</param>
/// <param name="Planned">The pretrained network.</param>
/// <param name="Encoder">The frozen network up to the head's layer.</param>
/// <param name="Embeddings">At a cut; training images in live versions where an augmentation is given.</param>
/// <param name="Run">Where checkpoints go.</param>
/// <param name="Progress">Told from the calling thread.</param>
internal sealed record LearningContext(
    TransferPlan Plan, PlannedBackbone Planned, CnnEncoder Encoder,
        Func<string, Augmentation?, CancellationToken, SplitEmbeddings> Embeddings, RunFolder Run, IProgress<RunProgress>? Progress)
{
    /// <summary>The head alone where no phase trains more, otherwise with the backbone under it.</summary>
    public TransferNetwork Network(torch.nn.Module head) => Plan.TrainsBackbone
        ? new TransferNetwork(head, Planned.Network(), Encoder.Cut, Plan.Phases, Planned.Preprocessing)
        : new TransferNetwork(head, Encoder.Cut);

    /// <summary>Carries out the plan's phases.</summary>
    public TrainingState Train(ILearner learner, CancellationToken cancellation) =>
        new Trainer(Plan, learner, Run).Train(Progress is null ? null : new TrainingProgressText(Progress), cancellation);
}

/// <summary>All that comes before learning: data set → split → pretrained network → embeddings of the images that can be read.</summary>
internal static class PreparedLearning
{
    /// <param name="plan">Validated.</param>
    /// <param name="options">Data, cache and precision.</param>
    /// <param name="open">Opens the run folder; called when the data set is known to be one.</param>
    /// <param name="store">Where the backbone's weights come from.</param>
    /// <param name="progress">Told from the calling thread and from the embedding's.</param>
    /// <param name="learn">Learns from what was prepared; told how many images cannot be read.</param>
    /// <param name="cancellation">What was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">Data or plan are not as they must be.</exception>
    public static T Use<T>(
        TransferPlan plan, TransferRunOptions options, Func<RunFolder> open, WeightStore store, IProgress<RunProgress>? progress,
            Func<LearningTask, LearningContext, int, T> learn, CancellationToken cancellation)
    {
        var task = TaskOf(plan, options.Data);
        var run = open();
        task.Begin(run, plan);
        var planned = PlannedBackbone.Find(plan, store, options.Precision, progress, cancellation);
        using var encoder = planned.Encoder(plan.Layer);
        using var cache = EmbeddingCache.Open(options.CacheFolder);
        using var embeddings = new CutEmbeddings(planned, cache, plan, progress);
        var (train, dev, skipped) = embeddings.Open(encoder, task.Train, task.Dev, cancellation);
        task.Keep(train, dev);
        return learn(task, new LearningContext(plan, planned, encoder, embeddings.At, run, progress), skipped);
    }

    /// <summary>What a plan's head learns from a data set; opened here.</summary>
    /// <exception cref="CaptionTLException">There is no such data set, or it has no captions or classes, whichever the head
    /// learns.</exception>
    public static LearningTask TaskOf(TransferPlan plan, string data) =>
        plan.Head is CaptionHeadPlan caption ? new CaptionTask(data, caption) : new ClassTask(data, plan.Head);
}
