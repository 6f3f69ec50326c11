using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>Several plans within a time: captiontl race.</summary>
internal static class RaceWork
{
    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var plans = order.Plans!.Select(p => (p.Name, p.Plan)).ToList();
        var result = new Race(TrainWork.Options(order with { Plan = plans[0].Plan }, folder), new WeightStore(), progress)
            .Execute(plans, order.LearningCurve ? Race.CurveShares : [1], TimeSpan.FromMinutes(order.Minutes), cancellation);
        var best = result.Recommended ?? throw new CaptionTLException("No plan came to its end within the time; run the race again with more minutes, what was computed is kept.");
        return new JobOutcome(
            new JobResult
            {
                Task = best.Scores is { Main: "ciderD" } ? "caption" : "classify", Scores = best.Scores!.Values, MainScore = best.Scores.Main, Recommended = best.Plan, Pictures = result.DevPictures,
                Race = [.. result.Entries.Select(e => new RaceRow(e.Plan, e.TrainShare, Outcome(e.Outcome), e.Scores?.Values, Math.Round(e.Elapsed.TotalSeconds, 1), e.BundleBytes))],
            },
            Path.GetRelativePath(folder, best.Bundle!));
    }

    private static string Outcome(RaceOutcome outcome) => outcome switch { RaceOutcome.Finished => "finished", RaceOutcome.CutOff => "cutOff", _ => "notBegun" };
}
