using CaptionTL.Embeddings;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Learning-rate range test (Smith, 2015, "Cyclical learning rates for training neural networks"): a short training of a plan's first
/// phase in which the rate grows exponentially from step to step. Too small a rate changes nothing, a good one lowers the loss, too
/// large a one makes it run away.
/// </summary>
public static class LearningRateFinder
{
    public const double Lowest = 1e-6;
    public const double Highest = 1;
    public const int Steps = 150;

    // The moving mean reaches over ten steps, less than half a power of ten of the rate.
    private const double Smoothing = 0.9;
    private const double RunsAway = 4;

    /// <summary>Tests the rates of a plan on a data set; only embeddings stay, in the cache.</summary>
    /// <param name="plan">Validated; its first phase is tested.</param>
    /// <param name="data">Path of a data set that the plan's head can learn.</param>
    /// <param name="store">Where the backbone's weights come from.</param>
    /// <param name="cacheFolder">Where embeddings are kept.</param>
    /// <param name="precision">Arithmetic of what is frozen.</param>
    /// <param name="progress">Called from the calling thread and from the threads that embed.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <exception cref="CaptionTLException">Data or plan cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LearningRateRange Find(TransferPlan plan, string data, WeightStore store, string cacheFolder,
        Precision precision = Precision.Auto, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        plan = plan with { Phases = [.. plan.Phases.Take(1)] };
        if (plan.Phases.Count == 0)
            throw new CaptionTLException("The plan's head is fitted in one go, so it has no learning rate. Choose a plan with phases: "
                + "--plan features+dense or --plan warmup+finetune.");
        var folder = Directory.CreateTempSubdirectory("captiontl-lr-").FullName;
        try
        {
            var (opened, run) = (TrainingData.Open(plan, data), new RunFolder(folder));
            opened.Split(run);
            var planned = PlannedBackbone.Find(plan, store, precision, progress, cancellation);
            using var encoder = planned.Encoder(plan.Layer);
            using var cache = EmbeddingCache.Open(cacheFolder);
            using var embeddings = new CutEmbeddings(planned, cache, plan, progress);
            embeddings.Open(encoder, opened, cancellation);
            var training = TrainingRun.NewHead(plan, opened, planned, encoder, run, progress);
            using var network = training.Network;
            var done = 0;
            var report = progress is null ? null : new ImmediateProgress<LearningRatePoint>(_ =>
                progress.Report(new RunProgress("learning rates", ++done, Steps, "steps")));
            return Find(plan, training, embeddings, report, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Tests the rates of a plan's first phase.</summary>
    /// <param name="plan">Validated.</param>
    /// <param name="training">With its first weights; of no use afterwards.</param>
    /// <param name="embeddings">Where the phase gets those of its cut.</param>
    /// <param name="progress">Called after every step.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <exception cref="CaptionTLException">The loss is not finite even at the lowest rate.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LearningRateRange Find(TransferPlan plan, ITraining training, IPhaseEmbeddings embeddings,
        IProgress<LearningRatePoint>? progress = null, CancellationToken cancellation = default)
    {
        var (phase, network) = (plan.Phases[0], training.Network);
        network.Begin(phase);
        training.Begin(phase, embeddings.At(network.CutOf(phase), phase.Augmentation, cancellation));
        manual_seed(plan.Seed);
        using var optimizer = new PhaseOptimizer(network, phase);
        var (points, mean, best) = (new List<LearningRatePoint>(), 0.0, double.PositiveInfinity);
        network.Train(true);
        foreach (var (epoch, batch) in Batches(training, phase).Take(Steps))
        {
            cancellation.ThrowIfCancellationRequested();
            var step = points.Count;
            var rate = Lowest * Math.Pow(Highest / Lowest, step / (Steps - 1.0));
            optimizer.SetRate(rate);
            var loss = optimizer.Step(training, batch, epoch, PhaseOptimizer.RandomOf(plan, phase: 0, step)).Loss;
            if (!float.IsFinite(loss))
                return points.Count > 0 ? new LearningRateRange(phase.Name, points, Diverged: true) : throw NotFinite(phase, loss);
            mean = Smoothing * mean + (1 - Smoothing) * loss;
            points.Add(new LearningRatePoint(rate, loss, mean / (1 - Math.Pow(Smoothing, step + 1))));
            progress?.Report(points[^1]);
            best = Math.Min(best, points[^1].Smoothed);
            if (points[^1].Smoothed > RunsAway * best) return new LearningRateRange(phase.Name, points, Diverged: true);
        }
        return new LearningRateRange(phase.Name, points, Diverged: false);
    }

    private static IEnumerable<(int Epoch, int[] Batch)> Batches(ITraining training, TrainingPhase phase)
    {
        for (var epoch = 0; ; epoch++)
            foreach (var batch in training.Batches(phase, epoch)) yield return (epoch, batch);
    }

    private static CaptionTLException NotFinite(TrainingPhase phase, float loss) =>
        new(FormattableString.Invariant($"The loss of phase '{phase.Name}' is {loss} at the first step, before anything was learned: ")
            + "the embeddings or the plan's head are not usable. 'captiontl cache verify' checks the embeddings.", isInput: false);
}

/// <summary>A step of a learning-rate range test.</summary>
/// <param name="Rate">The head's.</param>
/// <param name="Loss">That of the step's batch, before the step.</param>
/// <param name="Smoothed">Moving mean of the loss, without bias towards 0.</param>
public sealed record LearningRatePoint(double Rate, double Loss, double Smoothed);

/// <summary>What a learning-rate range test found.</summary>
/// <param name="Phase">Name of the phase that was tested.</param>
/// <param name="Points">Rates in rising order, up to where the loss ran away.</param>
/// <param name="Diverged">Whether it did.</param>
public sealed record LearningRateRange(string Phase, IReadOnlyList<LearningRatePoint> Points, bool Diverged)
{
    // Points on each side of the slope: over so many, easy and difficult batches even out.
    private const int Reach = 4;

    /// <summary>Where the smoothed loss is lowest.</summary>
    public LearningRatePoint Minimum => Points.MinBy(p => p.Smoothed)!;

    /// <summary>A tenth of the minimum's rate: still falling there, with room before it runs away.</summary>
    public double TenthOfMinimum => Minimum.Rate / 10;

    /// <summary>
    /// Where the smoothed loss falls fastest on the way to its minimum, over the logarithm of the rate; the minimum's rate where there are
    /// too few points to tell.
    /// </summary>
    public double Steepest
    {
        get
        {
            // The first tenth is skipped: the moving mean covers few batches there.
            var (first, last) = (Math.Max(Reach, Points.Count / 10), Points.Count - 1 - Reach);
            var lowest = Points.ToList().IndexOf(Minimum);
            var candidates = Enumerable.Range(first, Math.Max(0, Math.Min(last, lowest) - first + 1)).ToList();
            return candidates.Count == 0 ? Minimum.Rate
                : Points[candidates.MinBy(i => Points[i + Reach].Smoothed - Points[i - Reach].Smoothed)].Rate;
        }
    }
}
