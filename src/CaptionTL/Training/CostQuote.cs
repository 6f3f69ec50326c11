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
/// Measures before a run what it will cost: embeds a few images, takes a few real steps of every phase, scores a few dev images. It
/// leaves only the embeddings of those images, in the cache, where the run finds them.
/// </summary>
public static class CostQuoter
{
    private const int StepsMeasured = 3;

    /// <param name="plan">Validated.</param>
    /// <param name="data">Path of a data set that the plan's head can learn.</param>
    /// <param name="store">Where the backbone's weights come from.</param>
    /// <param name="cacheFolder">Where embeddings are kept.</param>
    /// <param name="precision">Arithmetic of what is frozen.</param>
    /// <param name="progress">Told from the calling thread and from the embedding's.</param>
    /// <param name="cancellation">Asked between steps.</param>
    /// <exception cref="CaptionTLException">Data or plan cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    public static CostQuote Measure(TransferPlan plan, string data, WeightStore store, string cacheFolder,
        Precision precision = Precision.Auto, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        var folder = Directory.CreateTempSubdirectory("captiontl-quote-").FullName;
        try
        {
            var (opened, run) = (TrainingData.Open(plan, data), new RunFolder(folder));
            opened.Split(run);
            var planned = PlannedBackbone.Find(plan, store, precision, progress, cancellation);
            using var encoder = planned.Encoder(plan.Layer);
            using var cache = EmbeddingCache.Open(cacheFolder);
            var (train, dev) = (EmbeddingItem.Of(opened.Train), EmbeddingItem.Of(opened.Dev));
            int[] devSample = [.. SampledEmbeddings.Some([.. Enumerable.Range(0, dev.Count)])];
            using var embeddings = new SampledEmbeddings(planned, cache, train, dev, [.. devSample.Select(i => dev[i])], plan.Views,
                plan.Head.DevViews, progress);
            var atLayer = embeddings.At(encoder.Cut, augmentation: null, cancellation);
            opened.Keep([.. Enumerable.Range(0, train.Count)], [.. embeddings.Kept(encoder.Cut).Select(i => devSample[i])]);
            var (phases, runBytes) = (new List<PhaseCost>(), BundleBytes(encoder, null));
            if (plan.Phases.Count > 0)
            {
                var training = TrainingRun.NewHead(plan, opened, planned, encoder, run, progress);
                using var network = training.Network;
                var trained = 0L;
                for (var p = 0; p < plan.Phases.Count; p++)
                {
                    var (aStep, steps, scoring) = Time(plan, p, training, embeddings, cancellation);
                    phases.Add(new PhaseCost(plan.Phases[p].Name, plan.Phases[p].Epochs, steps, aStep, dev.Count, scoring / opened.Dev.Count));
                    progress?.Report(new RunProgress("measure training", p + 1, plan.Phases.Count, "phases"));
                    trained = Math.Max(trained, Bytes(network.Trained.Select(t => (torch.Tensor)t.Value)));
                }
                // The last checkpoint has the weights, their average and AdamW's two moments; the best one the weights.
                runBytes = 2 * Bytes(network.State.Select(s => s.Value)) + 3 * trained + BundleBytes(encoder, network);
            }
            var features = plan.Head is ClassicalHeadPlan classical ? FeatureBytes(classical, atLayer.Train) : 0;
            return new CostQuote(train.Count, dev.Count, plan.Views, embeddings.Costs, phases, runBytes,
                Process.GetCurrentProcess().PeakWorkingSet64 + features);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Seconds of one step, steps of an epoch, and seconds in which the sampled dev images are scored.
    private static (double Step, int StepsAnEpoch, double Scoring) Time(TransferPlan plan, int position, ITraining training,
        IPhaseEmbeddings embeddings, CancellationToken cancellation)
    {
        var (phase, network) = (plan.Phases[position], training.Network);
        network.Begin(phase);
        training.Begin(phase, embeddings.At(network.CutOf(phase), phase.Augmentation, cancellation));
        using var optimizer = new PhaseOptimizer(network, phase);
        optimizer.SetRate(0); // the next phase is measured on sound weights
        network.Train(true);
        var batches = training.Batches(phase, 0);
        var watch = new Stopwatch();
        for (var step = 0; step <= StepsMeasured; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step == 1) watch.Start(); // the first one allocates and warms up
            optimizer.Step(training, batches[step % batches.Count], epoch: 0, PhaseOptimizer.RandomOf(plan, position, step));
        }
        var aStep = watch.Elapsed.TotalSeconds / StepsMeasured;
        network.Train(false);
        watch.Restart();
        training.Evaluate((_, _) => { }, cancellation);
        return (aStep, batches.Count, watch.Elapsed.TotalSeconds);
    }

    // Matrices in fp16; that vectors are fp32 is less than a hundredth.
    private static long BundleBytes(CnnEncoder encoder, TransferNetwork? network) =>
        (Bytes(encoder.Backbone.state_dict().Where(t => PretrainedEncoder.BelongsTo(encoder.Backbone, encoder.Cut, t.Key))
            .Select(t => t.Value))
            + (network is null ? 0 : Bytes(network.Head.state_dict().Select(t => t.Value)))) / 2;

    private static long Bytes(IEnumerable<torch.Tensor> tensors) => tensors.Sum(t => t.numel() * t.ElementSize);

    // As read, standardised, and the rows of one fold.
    private static long FeatureBytes(ClassicalHeadPlan head, IImageEmbeddings train) =>
        3L * sizeof(float) * train.Images * train.Views * FeaturePooling.Size(head.Pooling, train.Cells, train.Channels);
}

/// <summary>What a run will cost on this machine, from counts and from times measured on a few images and steps.</summary>
/// <param name="TrainImages">Number of training images.</param>
/// <param name="DevImages">Number of dev images.</param>
/// <param name="Views">Versions of every training image.</param>
/// <param name="Embeddings">One for every cut that the plan needs.</param>
/// <param name="Phases">In order; none where the head is fitted in one go, which takes from seconds to a minute and is not
/// measured.</param>
/// <param name="RunBytes">Checkpoints and bundle, on the disk of the run folder.</param>
/// <param name="MemoryBytes">The most memory that the run needs at a time: the most that measuring took, and a conventional model's
/// features. Embeddings are mapped from the cache and take what memory is free.</param>
public sealed record CostQuote(int TrainImages, int DevImages, int Views, IReadOnlyList<EmbeddingCost> Embeddings,
    IReadOnlyList<PhaseCost> Phases, long RunBytes, long MemoryBytes)
{
    public double EmbeddingSeconds => Embeddings.Sum(e => e.Seconds);

    public double TrainingSeconds => Phases.Sum(p => p.Seconds);

    public double Seconds => EmbeddingSeconds + TrainingSeconds;

    /// <summary>Growth of the embedding cache.</summary>
    public long CacheBytes => Embeddings.Sum(e => e.Bytes);
}

/// <summary>What the embeddings of one cut will cost.</summary>
/// <param name="Cut">The block whose output is kept.</param>
/// <param name="Embeddings">Number that the run reads: every training image in every view, every dev image once.</param>
/// <param name="Missing">How many of these are not in the cache yet; fewer where equal images turn up.</param>
/// <param name="Cells">Cells of the grid.</param>
/// <param name="Channels">Channels of a cell.</param>
/// <param name="SecondsEach">Measured on a few images; 0 where nothing is missing.</param>
public sealed record EmbeddingCost(string Cut, long Embeddings, long Missing, int Cells, int Channels, double SecondsEach)
{
    public double Seconds => Missing * SecondsEach;

    /// <summary>Growth of the embedding cache.</summary>
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
