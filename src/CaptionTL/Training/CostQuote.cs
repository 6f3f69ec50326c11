using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Embeddings;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;

namespace CaptionTL.Training;

/// <summary>
/// Measures before a run what it will cost: embeds a few images, takes a few real steps of every phase, scores a few dev images. What
/// it leaves are those images' embeddings in the cache, which the run finds there.
/// </summary>
public static class CostQuoter
{
    private const int StepsMeasured = 3;

    /// <param name="plan">Validated.</param>
    /// <param name="data">Path of a data set that the plan's head can learn.</param>
    /// <param name="store">Where the backbone's weights come from.</param>
    /// <param name="cacheFolder">Of the embeddings.</param>
    /// <param name="precision">Arithmetic of what is frozen.</param>
    /// <param name="progress">Told from the calling thread and from the embedding's.</param>
    /// <param name="cancellation">Asked between steps.</param>
    /// <exception cref="CaptionTLException">Data or plan are not as they must be.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    public static CostQuote Measure(
        TransferPlan plan, string data, WeightStore store, string cacheFolder, Precision precision = Precision.Auto,
            IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        var folder = Directory.CreateTempSubdirectory("captiontl-quote-").FullName;
        try
        {
            var (task, run) = (PreparedLearning.TaskOf(plan, data), new RunFolder(folder));
            task.Begin(run, plan);
            var planned = PlannedBackbone.Find(plan, store, precision, progress, cancellation);
            using var encoder = planned.Encoder(plan.Layer);
            using var cache = EmbeddingCache.Open(cacheFolder);
            int[] devSample = [.. SampledEmbeddings.Some([.. Enumerable.Range(0, task.Dev.Count)])];
            var (train, dev) = (task.Train.Count, task.Dev.Count);
            using var embeddings = new SampledEmbeddings(planned, cache, task.Train, task.Dev, [.. devSample.Select(i => task.Dev[i])],
                plan.Views, plan.Head.DevViews, progress);
            var atLayer = embeddings.At(encoder.Cut, augmentation: null, cancellation);
            task.Keep([.. Enumerable.Range(0, train)], [.. embeddings.Kept(encoder.Cut).Select(i => devSample[i])]);
            var context = new LearningContext(plan, planned, encoder, embeddings.At, run, progress);
            var (phases, runBytes) = plan.Phases.Count > 0 ? Phases(task, context, dev, cancellation) : ([], BundleBytes(encoder, null));
            var features = plan.Head is ClassicalHeadPlan classical ? FeatureBytes(classical, atLayer.Train) : 0;
            return new CostQuote(train, dev, plan.Views, embeddings.Costs, phases, runBytes, Process.GetCurrentProcess().PeakWorkingSet64
                + features);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (IReadOnlyList<PhaseCost> Phases, long RunBytes) Phases(LearningTask task, LearningContext context, int dev,
        CancellationToken cancellation)
    {
        var learner = task.Learner(context);
        using var network = learner.Network;
        var (costs, trained) = (new List<PhaseCost>(), 0L);
        for (var p = 0; p < context.Plan.Phases.Count; p++)
        {
            costs.Add(Phase(learner, context, p, dev, task.Dev.Count, cancellation));
            trained = Math.Max(trained, Bytes(network.Trained.Select(t => (torch.Tensor)t.Value)));
        }
        // The last checkpoint has the weights, their average and AdamW's two moments; the best one the weights.
        var weights = Bytes(network.State.Select(s => s.Value));
        return (costs, 2 * weights + 3 * trained + BundleBytes(context.Encoder, network));
    }

    private static PhaseCost Phase(ILearner learner, LearningContext context, int position, int dev, int scored,
        CancellationToken cancellation)
    {
        var (plan, phase) = (context.Plan, context.Plan.Phases[position]);
        learner.Network.Begin(phase);
        learner.Begin(phase, cancellation);
        var trained = TrainedParameters.Of(learner.Network, phase);
        using var optimizer = Trainer.Optimizer(trained, phase);
        Trainer.SetRate(optimizer, trained, 0); // the next phase is measured on sound weights
        learner.Network.Train(true);
        var batches = learner.Batches(phase, 0);
        var watch = new Stopwatch();
        for (var step = 0; step <= StepsMeasured; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step == 1) watch.Start(); // the first makes room and warms up
            Trainer.Step(learner, phase, trained, optimizer, batches[step % batches.Count], epoch: 0,
                Trainer.RandomOf(plan, position, step));
        }
        var aStep = watch.Elapsed.TotalSeconds / StepsMeasured;
        learner.Network.Train(false);
        watch.Restart();
        learner.Evaluate((_, _) => { }, cancellation);
        context.Progress?.Report(new RunProgress("measure training", position + 1, plan.Phases.Count, "phases"));
        return new PhaseCost(phase.Name, phase.Epochs, batches.Count, aStep, dev, watch.Elapsed.TotalSeconds / scored);
    }

    // Matrices in fp16; that vectors are fp32 is less than a hundredth.
    private static long BundleBytes(CnnEncoder encoder, TransferNetwork? network) =>
        (Bytes(encoder.Weights.UpTo(encoder.Cut).Select(t => t.Value))
            + (network is null ? 0 : Bytes(network.Head.state_dict().Select(t => t.Value)))) / 2;

    private static long Bytes(IEnumerable<torch.Tensor> tensors) => tensors.Sum(t => t.numel() * t.ElementSize);

    // As read, standardised, and one fold's rows.
    private static long FeatureBytes(ClassicalHeadPlan head, IImageEmbeddings train) =>
        3L * sizeof(float) * train.Images * train.Views * FeaturePooling.Size(head.Pooling, train.Cells, train.Channels);
}

/// <summary>What a run will cost on this machine, from counts and from times measured on a few images and steps.</summary>
/// <param name="TrainImages">Of the split.</param>
/// <param name="DevImages">Of the split.</param>
/// <param name="Views">Of every training image.</param>
/// <param name="Embeddings">One for every cut that the plan needs.</param>
/// <param name="Phases">In order; none where the head is fitted in one go, which takes from seconds to a minute and is not
/// measured.</param>
/// <param name="RunBytes">Checkpoints and bundle, on the disk of the run folder.</param>
/// <param name="MemoryBytes"> The most that the run will hold at a time: the most that measuring took, and a conventional model's
/// features. Embeddings are mapped from the cache and take what memory is free.
/// </param>
public sealed record CostQuote(
    int TrainImages, int DevImages, int Views, IReadOnlyList<EmbeddingCost> Embeddings, IReadOnlyList<PhaseCost> Phases, long RunBytes,
        long MemoryBytes)
{
    public double EmbeddingSeconds => Embeddings.Sum(e => e.Seconds);

    public double TrainingSeconds => Phases.Sum(p => p.Seconds);

    public double Seconds => EmbeddingSeconds + TrainingSeconds;

    /// <summary>That the embedding cache grows by.</summary>
    public long CacheBytes => Embeddings.Sum(e => e.Bytes);
}

/// <summary>What the embeddings of one cut will cost.</summary>
/// <param name="Cut">The block whose output is kept.</param>
/// <param name="Embeddings">That the run reads: every training image in every view, every dev image once.</param>
/// <param name="Missing">Of these not in the cache yet; at most so many where equal images were not read yet.</param>
/// <param name="Cells">Of the grid.</param>
/// <param name="Channels">Of a cell.</param>
/// <param name="SecondsEach">Measured on a few images; 0 where nothing is missing.</param>
public sealed record EmbeddingCost(string Cut, long Embeddings, long Missing, int Cells, int Channels, double SecondsEach)
{
    public double Seconds => Missing * SecondsEach;

    /// <summary>That the cache grows by.</summary>
    public long Bytes => EmbeddingCache.EstimateBytes(Missing, Cells, Channels);
}

/// <summary>What a phase will cost at most: it may end early.</summary>
/// <param name="Phase">Its name.</param>
/// <param name="Epochs">As the plan says.</param>
/// <param name="StepsAnEpoch">Batches.</param>
/// <param name="SecondsAStep">Measured on real steps.</param>
/// <param name="DevImages">Scored after every epoch.</param>
/// <param name="SecondsADevImage">Measured on a few.</param>
public sealed record PhaseCost(string Phase, int Epochs, int StepsAnEpoch, double SecondsAStep, int DevImages, double SecondsADevImage)
{
    public long Steps => (long)Epochs * StepsAnEpoch;

    public double Seconds => Steps * SecondsAStep + (double)Epochs * DevImages * SecondsADevImage;
}
