using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Models;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>What a plan's head learns from a data set: its pictures with what people said about them, and how the head is trained.</summary>
internal abstract class LearningTask
{
    /// <summary>Splits the pictures, or takes the split that the run was begun with.</summary>
    /// <param name="run">Keeps the split, and what else is to be kept.</param>
    /// <param name="plan">For the seed of a split that is drawn, and the share of the training pictures.</param>
    /// <exception cref="CaptionTLException">There is nothing to train on or to score, or pictures of the split are gone.</exception>
    public abstract void Begin(RunFolder run, TransferPlan plan);

    public abstract IReadOnlyList<EmbeddingItem> Train { get; }

    public abstract IReadOnlyList<EmbeddingItem> Dev { get; }

    /// <summary>What was learned from, for the bundle; after <see cref="Keep"/>.</summary>
    public abstract BundleData Data { get; }

    /// <summary>A share of the pictures: the same ones, and some more, for a larger share.</summary>
    protected static IReadOnlyList<T> Share<T>(IReadOnlyList<T> items, TransferPlan plan) where T : DatasetItem
    {
        if (plan.TrainShare >= 1) return items;
        var taken = items.OrderBy(i => DrawOrder.Key(i.Id, (ulong)plan.Seed), StringComparer.Ordinal).Take(DrawOrder.Share(plan.TrainShare, items.Count)).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        return [.. items.Where(i => taken.Contains(i.Id))];
    }

    /// <summary>Leaves out the pictures that cannot be read, and gets ready to learn.</summary>
    /// <param name="train">Positions of the training pictures that can.</param>
    /// <param name="dev">Of the dev pictures.</param>
    /// <exception cref="CaptionTLException">What is left is too little to learn from.</exception>
    public abstract void Keep(IReadOnlyList<int> train, IReadOnlyList<int> dev);

    /// <summary>What the plan's phases train, with its first weights; the caller disposes its network.</summary>
    /// <exception cref="CaptionTLException">The head is fitted in one go, or there is nothing to learn from.</exception>
    public abstract ILearner Learner(LearningContext context);

    /// <summary>Trains the head, and the blocks that the plan's phases name; goes on where an earlier start was interrupted.</summary>
    /// <exception cref="OperationCanceledException">Stopped in an orderly way; the same call goes on.</exception>
    public abstract TrainedHead Learn(LearningContext context, CancellationToken cancellation);
}
