using System.Diagnostics;
using System.Globalization;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>
/// Several plans on one data set and one split, one after the other, within a time: what is gained by waiting longer. Each is a run of its
/// own below the race's folder, so a race that was stopped goes on where it was, and the best model is there at its end.
/// </summary>
/// <param name="options">Data, folder and cache; its plan is not used.</param>
/// <param name="store">Where the backbone's weights come from.</param>
/// <param name="progress">Of the run at hand.</param>
public sealed class Race(TransferRunOptions options, WeightStore store, IProgress<RunProgress>? progress = null)
{
    /// <summary>Shares of the training pictures in a learning curve.</summary>
    public static IReadOnlyList<double> CurveShares { get; } = [0.1, 0.25, 0.5, 1];

    /// <param name="plans">By name, the quick ones first.</param>
    /// <param name="shares">Of the training pictures; each plan runs with each.</param>
    /// <param name="budget">No plan begins after it, and one that runs then is stopped.</param>
    /// <param name="cancellation">Stops the race.</param>
    /// <exception cref="CaptionTLException">The data cannot be used, or not by the first plan.</exception>
    public RaceResult Execute(IReadOnlyList<(string Name, TransferPlan Plan)> plans, IReadOnlyList<double> shares, TimeSpan budget, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var entries = new List<RaceEntry>();
        var dev = 0;
        foreach (var (name, plan) in plans)
        foreach (var share in shares)
        {
            if (clock.Elapsed >= budget)
            {
                entries.Add(new RaceEntry(name, share, RaceOutcome.NotBegun, null, TimeSpan.Zero, 0, null));
                continue;
            }
            var folder = share == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{share * 100:0}");
            var run = options with { Plan = plan with { TrainShare = share }, Out = Path.Combine(options.Out, folder), Name = folder };
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            stop.CancelAfter(budget - clock.Elapsed);
            var started = clock.Elapsed;
            try
            {
                progress?.Report(new RunProgress(folder, entries.Count, plans.Count * shares.Count, "plans") { Message = $"{folder}:" });
                var result = new TransferRun(run, store, progress).Execute(stop.Token);
                dev = result.Manifest.Data.DevPictures;
                entries.Add(new RaceEntry(name, share, RaceOutcome.Finished, result.Manifest.Scores, clock.Elapsed - started, new FileInfo(result.Bundle).Length, result.Bundle));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                entries.Add(new RaceEntry(name, share, RaceOutcome.CutOff, null, clock.Elapsed - started, 0, null));
            }
        }
        return new RaceResult(entries, dev);
    }
}
