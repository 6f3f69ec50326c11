using CaptionTL.Embeddings;
using CaptionTL.Training.Captions;
using CaptionTL.Training.Classes;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>All that comes before learning: data set → split → pretrained network → embeddings of the pictures that can be read.</summary>
internal static class PreparedLearning
{
    /// <param name="plan">Validated.</param>
    /// <param name="options">Data, cache and precision.</param>
    /// <param name="open">Opens the run folder; called when the data set is known to be one.</param>
    /// <param name="store">Where the backbone's weights come from.</param>
    /// <param name="progress">Told from the calling thread and from the embedding's.</param>
    /// <param name="learn">Learns from what was prepared; told how many pictures cannot be read.</param>
    /// <param name="cancellation">What was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">Data or plan are not as they must be.</exception>
    public static T Use<T>(
        TransferPlan plan, TransferRunOptions options, Func<RunFolder> open, WeightStore store, IProgress<RunProgress>? progress, Func<LearningTask, LearningContext, int, T> learn, CancellationToken cancellation)
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
    /// <exception cref="CaptionTLException">There is no such data set, or it has no captions or classes, whichever the head learns.</exception>
    public static LearningTask TaskOf(TransferPlan plan, string data) =>
        plan.Head is CaptionHeadPlan caption ? new CaptionTask(data, caption) : new ClassTask(data, plan.Head);
}
