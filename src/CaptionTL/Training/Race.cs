using System.Diagnostics;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>
/// Several plans on one data set and one split, one after the other, within a time limit: what is gained by waiting longer. Each is a
/// run of its own below the race's folder, so a race that was stopped resumes where it was, and the best model is there at its end.
/// </summary>
/// <param name="options">Data, folder and cache; its plan is not used.</param>
/// <param name="store">Where the backbone's weights come from.</param>
/// <param name="progress">Progress of the current run.</param>
public sealed class Race(TrainingRunOptions options, WeightStore store, IProgress<RunProgress>? progress = null)
{
    /// <summary>Shares of the training images in a learning curve.</summary>
    public static IReadOnlyList<double> CurveShares { get; } = [0.1, 0.25, 0.5, 1];

    /// <param name="plans">By name, the quick ones first.</param>
    /// <param name="shares">Shares of the training images; each plan runs with each.</param>
    /// <param name="budget">Time limit: no plan starts after it, and one that is running then is stopped.</param>
    /// <param name="cancellation">Stops the race.</param>
    /// <exception cref="CaptionTLException">The data cannot be used, or not by a plan.</exception>
    public RaceResult Execute(IReadOnlyList<(string Name, TransferPlan Plan)> plans, IReadOnlyList<double> shares, TimeSpan budget,
        CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var entries = new List<RaceEntry>();
        var dev = 0;
        foreach (var (name, plan, share) in plans.SelectMany(_ => shares, (p, share) => (p.Name, p.Plan, share)))
        {
            if (clock.Elapsed >= budget)
            {
                entries.Add(new RaceEntry(name, share, RaceOutcome.NotBegun, null, TimeSpan.Zero, 0, null));
                continue;
            }
            var folder = share == 1 ? name : FormattableString.Invariant($"{name}-{share * 100:0}");
            var run = options with { Plan = plan with { TrainShare = share }, Out = Path.Combine(options.Out, folder), Name = folder };
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            stop.CancelAfter(budget - clock.Elapsed);
            var started = clock.Elapsed;
            try
            {
                progress?.Report(new RunProgress(folder, entries.Count, plans.Count * shares.Count, "plans") { Message = $"{folder}:" });
                var result = new TrainingRun(run, store, progress).Execute(stop.Token);
                dev = result.Manifest.Data.DevImages;
                entries.Add(new RaceEntry(name, share, RaceOutcome.Finished, result.Manifest.Scores, clock.Elapsed - started,
                    new FileInfo(result.Bundle).Length, result.Bundle));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                entries.Add(new RaceEntry(name, share, RaceOutcome.CutOff, null, clock.Elapsed - started, 0, null));
            }
        }
        return new RaceResult(entries, dev);
    }
}

/// <summary>How one plan did in a race.</summary>
/// <param name="Plan">Its name.</param>
/// <param name="TrainShare">Share of the training images that it learned from, 0 to 1.</param>
/// <param name="Outcome">Whether it finished.</param>
/// <param name="Scores">On the dev split; null where it did not finish.</param>
/// <param name="Elapsed">Time of this start alone; embeddings that an earlier plan left in the cache cost nothing.</param>
/// <param name="BundleBytes">Size of the model.</param>
/// <param name="Bundle">The model; null where there is none.</param>
public sealed record RaceEntry(string Plan, double TrainShare, RaceOutcome Outcome, RunScores? Scores, TimeSpan Elapsed, long BundleBytes,
    string? Bundle);

/// <summary>How far a plan got in a race.</summary>
public enum RaceOutcome
{
    Finished,

    /// <summary>Time ran out while it trained; the same race with more time resumes there.</summary>
    CutOff,

    /// <summary>Time ran out before it started.</summary>
    NotBegun,
}

/// <summary>A race's table and what follows from it.</summary>
/// <param name="Entries">In the order they ran.</param>
/// <param name="DevImages">Number of images that gave the scores.</param>
public sealed record RaceResult(IReadOnlyList<RaceEntry> Entries, int DevImages)
{
    /// <summary>
    /// The plan with the best main score; or, where that takes a while, the quickest of those that need less than half its time and are
    /// within one standard error of it: on N images an accuracy p is known to √(p(1−p)/N), so smaller differences are no reason to wait.
    /// Null where no plan finished.
    /// </summary>
    public RaceEntry? Recommended
    {
        get
        {
            var finished = Entries.Where(e => e.Scores is not null && e.TrainShare == 1).ToList();
            if (finished.Count == 0) return null;
            var best = finished.MaxBy(e => e.Scores!.Best)!;
            if (best.Elapsed < WorthSaving) return best;
            return finished.Where(e => e.Scores!.Best >= best.Scores!.Best - Doubt(e.Scores!) && e.Elapsed <= best.Elapsed / 2)
                .MinBy(e => e.Elapsed) ?? best;
        }
    }

    // Below this a quicker plan is not worth looking for.
    private static readonly TimeSpan WorthSaving = TimeSpan.FromSeconds(30);

    /// <summary>One standard error of an accuracy; for other scores 0.01, which is less than two runs differ.</summary>
    private double Doubt(RunScores scores) =>
        scores.Main == "accuracy" ? Math.Sqrt(scores.Best * (1 - scores.Best) / Math.Max(1, DevImages)) : 0.01;
}
