using System.Globalization;
using CaptionTL.Backbones;
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
/// <param name="plan">Validated.</param>
/// <param name="learner">With its first weights; of no use afterwards.</param>
public sealed class LearningRateFinder(TransferPlan plan, ILearner learner)
{
    public const double Lowest = 1e-6;
    public const double Highest = 1;
    public const int Steps = 150;

    // Of the moving mean: ten steps, less than half a power of ten of the rate.
    private const double Smoothing = 0.9;
    private const double RunsAway = 4;

    /// <summary>The same from a plan and a data set; only embeddings stay, in the cache.</summary>
    /// <param name="plan">Validated; its first phase is tested.</param>
    /// <param name="data">Path of a data set that the plan's head can learn.</param>
    /// <param name="store">Where the backbone's weights come from.</param>
    /// <param name="cacheFolder">Of the embeddings.</param>
    /// <param name="precision">Arithmetic of what is frozen.</param>
    /// <param name="progress">Told from the calling thread and from the embedding's.</param>
    /// <param name="cancellation">Asked between steps.</param>
    /// <exception cref="CaptionTLException">Data or plan are not as they must be.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    public static LearningRateRange Find(
        TransferPlan plan, string data, WeightStore store, string cacheFolder, Precision precision = Precision.Auto,
            IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        plan = plan with { Phases = [.. plan.Phases.Take(1)] };
        if (plan.Phases.Count == 0)
            throw new CaptionTLException("The plan's head is fitted in one go, so it has no learning rate. Choose a plan with phases: "
                + "--plan features+dense or --plan warmup+finetune.");
        var folder = Directory.CreateTempSubdirectory("captiontl-lr-").FullName;
        try
        {
            var options = new TransferRunOptions { Plan = plan, Data = data, Out = folder, CacheFolder = cacheFolder,
                Precision = precision };
            return PreparedLearning.Use(plan, options, () => new RunFolder(folder), store, progress, (task, context, _) =>
            {
                var learner = task.Learner(context);
                using var network = learner.Network;
                var done = 0;
                var report = progress is null ? null : new ImmediateProgress<LearningRatePoint>(p =>
                    progress.Report(new RunProgress("learning rates", ++done, Steps, "steps")));
                return new LearningRateFinder(plan, learner).Find(report, cancellation);
            }, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Asked between steps.</param>
    /// <exception cref="CaptionTLException">The loss is no number at the lowest rate already.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    public LearningRateRange Find(IProgress<LearningRatePoint>? progress = null, CancellationToken cancellation = default)
    {
        var phase = plan.Phases[0];
        learner.Network.Begin(phase);
        learner.Begin(phase, cancellation);
        manual_seed(plan.Seed);
        var trained = TrainedParameters.Of(learner.Network, phase);
        using var optimizer = Trainer.Optimizer(trained, phase);
        var (points, mean, best) = (new List<LearningRatePoint>(), 0.0, double.PositiveInfinity);
        learner.Network.Train(true);
        foreach (var (epoch, batch) in Batches(phase).Take(Steps))
        {
            cancellation.ThrowIfCancellationRequested();
            var step = points.Count;
            var rate = Lowest * Math.Pow(Highest / Lowest, step / (Steps - 1.0));
            Trainer.SetRate(optimizer, trained, rate);
            var loss = Trainer.Step(learner, phase, trained, optimizer, batch, epoch, Trainer.RandomOf(plan, phase: 0, step)).Loss;
            if (!float.IsFinite(loss))
                return points.Count > 0 ? new LearningRateRange(phase.Name, points, Diverged: true) : throw NoNumber(phase, loss);
            mean = Smoothing * mean + (1 - Smoothing) * loss;
            points.Add(new LearningRatePoint(rate, loss, mean / (1 - Math.Pow(Smoothing, step + 1))));
            progress?.Report(points[^1]);
            best = Math.Min(best, points[^1].Smoothed);
            if (points[^1].Smoothed > RunsAway * best) return new LearningRateRange(phase.Name, points, Diverged: true);
        }
        return new LearningRateRange(phase.Name, points, Diverged: false);
    }

    private IEnumerable<(int Epoch, int[] Batch)> Batches(TrainingPhase phase)
    {
        for (var epoch = 0; ; epoch++)
            foreach (var batch in learner.Batches(phase, epoch)) yield return (epoch, batch);
    }

    private static CaptionTLException NoNumber(TrainingPhase phase, float loss) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The loss of phase '{phase.Name}' is {loss} at the first step, before anything "
            + $"was learned: "
            + $"the embeddings or the plan's head are not usable. 'captiontl cache verify' checks the embeddings."), isInput: false);
}

/// <summary>A step of a learning-rate range test.</summary>
/// <param name="Rate">Of the head.</param>
/// <param name="Loss">Of the step's batch, before the step.</param>
/// <param name="Smoothed">Moving mean of the loss, without bias towards 0.</param>
public sealed record LearningRatePoint(double Rate, double Loss, double Smoothed);

/// <summary>What a learning-rate range test found.</summary>
/// <param name="Phase">Name of the phase that was tested.</param>
/// <param name="Points">Rates in rising order, up to where the loss ran away.</param>
/// <param name="Diverged">Whether it did.</param>
public sealed record LearningRateRange(string Phase, IReadOnlyList<LearningRatePoint> Points, bool Diverged)
{
    // Points on each side of the slope's: a batch's own easiness evens out over so many.
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
            // The first tenth is skipped: the mean is of few batches there.
            var (first, last) = (Math.Max(Reach, Points.Count / 10), Points.Count - 1 - Reach);
            var lowest = Points.ToList().IndexOf(Minimum);
            var candidates = Enumerable.Range(first, Math.Max(0, Math.Min(last, lowest) - first + 1)).ToList();
            return candidates.Count == 0 ? Minimum.Rate
                : Points[candidates.MinBy(i => Points[i + Reach].Smoothed - Points[i - Reach].Smoothed)].Rate;
        }
    }
}
