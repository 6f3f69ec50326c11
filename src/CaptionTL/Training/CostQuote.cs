using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Embeddings;
using CaptionTL.Images;
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
    /// <param name="progress">Called from the calling thread and from the threads that embed.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <exception cref="CaptionTLException">Data or plan cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
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
            using var embeddings = new SampledEmbeddings(planned, cache, plan, train, dev, progress);
            var atLayer = embeddings.At(encoder.Cut, augmentation: null, cancellation);
            opened.Keep([.. Enumerable.Range(0, train.Count)], embeddings.KeptDev(encoder.Cut));
            var (phases, runBytes) = (new List<PhaseCost>(), BundleBytes(encoder, null));
            if (plan.Phases.Count > 0)
            {
                var training = TrainingRun.NewHead(plan, opened, planned, encoder, run, progress);
                using var network = training.Network;
                var trained = 0L;
                for (var p = 0; p < plan.Phases.Count; p++)
                {
                    var (aStep, steps, scoring) = Time(plan, p, training, embeddings, cancellation);
                    var phase = plan.Phases[p];
                    phases.Add(new PhaseCost(phase.Name, phase.Epochs, steps, aStep, dev.Count, scoring / opened.Dev.Count));
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
        (Bytes(encoder.Weights.UpTo(encoder.Cut).Select(t => t.Value))
            + (network is null ? 0 : Bytes(network.Head.state_dict().Select(t => t.Value)))) / 2;

    private static long Bytes(IEnumerable<torch.Tensor> tensors) => tensors.Sum(t => t.numel() * t.ElementSize);

    // As read, standardised, and the rows of one fold.
    private static long FeatureBytes(ClassicalHeadPlan head, IImageEmbeddings train) =>
        3L * sizeof(float) * train.Images * train.Views * FeaturePooling.Size(head.Pooling, train.Cells, train.Channels);
}

/// <summary>
/// Embeddings of a few images at the cut of a phase, put into the cache as a run would, and the cost of all of them. Images whose
/// embeddings are missing are preferred, since the time is measured on them.
/// </summary>
/// <param name="planned">The pretrained network.</param>
/// <param name="cache">Receives the few embeddings.</param>
/// <param name="plan">Says how many versions of every image there are.</param>
/// <param name="train">All training images.</param>
/// <param name="dev">All dev images.</param>
/// <param name="progress">Messages for images skipped.</param>
internal sealed class SampledEmbeddings(PlannedBackbone planned, EmbeddingCache cache, TransferPlan plan,
    IReadOnlyList<EmbeddingItem> train, IReadOnlyList<EmbeddingItem> dev, IProgress<RunProgress>? progress) : IPhaseEmbeddings, IDisposable
{
    // Number of images that are measured.
    private const int Size = 20;

    private readonly IReadOnlyList<int> _devSample = Some([.. Enumerable.Range(0, dev.Count)]);
    private readonly Dictionary<string, (EmbeddedImages Train, EmbeddedImages Dev, IReadOnlyList<EmbeddingItem> Sample)> _byCut =
        new(StringComparer.Ordinal);
    private readonly List<EmbeddingCost> _costs = [];
    private readonly List<OnlineImages> _online = [];

    /// <summary>One for every cut that was asked for.</summary>
    public IReadOnlyList<EmbeddingCost> Costs => _costs;

    /// <summary>As many training images as there are, and the few dev images.</summary>
    public SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation)
    {
        if (!_byCut.TryGetValue(cut, out var found))
        {
            using var encoder = planned.Encoder(cut);
            found = _byCut[cut] = Measure(encoder, cancellation);
        }
        IImageEmbeddings some = augmentation is null ? found.Train.Embeddings : Online(cut, augmentation, found.Sample);
        return new SplitEmbeddings(MappedImages.Repeated(some, train.Count), found.Dev.Embeddings);
    }

    /// <summary>Positions, among all dev images, of those of the sample that can be read.</summary>
    public IReadOnlyList<int> KeptDev(string cut) => [.. _byCut[cut].Dev.Kept.Select(i => _devSample[i])];

    public void Dispose()
    {
        foreach (var (some, scored, _) in _byCut.Values)
        {
            some.Dispose();
            scored.Dispose();
        }
        foreach (var online in _online) online.Dispose();
    }

    // A few items of a list, evenly spaced.
    private static IReadOnlyList<T> Some<T>(IReadOnlyList<T> all) =>
        all.Count <= Size ? all : [.. Enumerable.Range(0, Size).Select(i => all[(int)((long)i * all.Count / Size)])];

    private OnlineImages Online(string cut, Augmentation augmentation, IReadOnlyList<EmbeddingItem> sample)
    {
        var online = new OnlineImages(sample, planned.Encoder(cut), augmentation);
        _online.Add(online);
        return online;
    }

    private (EmbeddedImages, EmbeddedImages, IReadOnlyList<EmbeddingItem>) Measure(CnnEncoder encoder, CancellationToken cancellation)
    {
        var embedder = new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing));
        var (views, devViews) = (plan.Views, plan.Head.DevViews);
        var unfinished = Missing(train, views).ToRead;
        var sample = Some(unfinished.Count > 0 ? [.. unfinished.Select(i => train[i])] : train);
        IReadOnlyList<EmbeddingItem> devSample = [.. _devSample.Select(i => dev[i])];
        var some = embedder.Embed(sample, views, $"measure embedding up to {encoder.Cut}", progress, cancellation);
        try
        {
            var scored = embedder.Embed(devSample, devViews, $"measure embedding up to {encoder.Cut}", progress, cancellation);
            // The samples are in the cache now, although their files may be too new to be recognised by their time stamps.
            var missing = (long)Missing([.. train.Except(sample)], views).Total + Missing([.. dev.Except(devSample)], devViews).Total;
            var measured = some.Built.Encoded > 0 ? some.Built : scored.Built;
            _costs.Add(new EmbeddingCost(encoder.Cut, (long)train.Count * views + (long)dev.Count * devViews, missing, encoder.Cells,
                encoder.Channels, missing > 0 ? SecondsEach(measured) : 0));
            return (some, scored, [.. some.Kept.Select(i => sample[i])]);
        }
        catch
        {
            some.Dispose();
            throw;
        }

        EmbeddingPlan Missing(IReadOnlyList<EmbeddingItem> items, int versions) =>
            new(cache, items, ContentHash.OfText(encoder.Fingerprint), versions);
    }

    // The encoder's time is that of full batches: it computes the last one, which the few images do not fill, at its full size.
    private static double SecondsEach(EmbeddingBuildResult built)
    {
        var batch = new EmbeddingBuildOptions().BatchSize;
        var computed = (built.Encoded + batch - 1) / batch * batch;
        return built.Encoded == 0 ? 0 : built.EncoderTime.TotalSeconds / computed
            + (built.Elapsed - built.EncoderTime).TotalSeconds / built.Encoded;
    }
}

/// <summary>What a run will cost on this machine, from counts and from times measured on a few images and steps.</summary>
/// <param name="TrainImages">Number of training images.</param>
/// <param name="DevImages">Number of dev images.</param>
/// <param name="Views">Versions of every training image.</param>
/// <param name="Embeddings">One for every cut that the plan needs.</param>
/// <param name="Phases">In order; none where the head is fitted in one go, which takes from seconds to a minute and is not
/// measured.</param>
/// <param name="RunBytes">Checkpoints and bundle, on the disk of the run folder.</param>
/// <param name="MemoryBytes">The most memory that the run needs at a time: the peak while measuring, and a conventional
/// model's features. Embeddings are mapped from the cache and use whatever memory is free.</param>
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
