namespace CaptionTL.Training;

/// <summary>A race's table and what follows from it.</summary>
/// <param name="Entries">In the order they ran.</param>
/// <param name="DevPictures">That gave the scores.</param>
public sealed record RaceResult(IReadOnlyList<RaceEntry> Entries, int DevPictures)
{
    /// <summary>
    /// The plan with the best main score; or, where that takes a while, the quickest of those that need less than half its time and are
    /// within one standard error of it: on N pictures an accuracy p is known to √(p(1−p)/N), so smaller differences are no reason to wait.
    /// Null where no plan came to its end.
    /// </summary>
    public RaceEntry? Recommended
    {
        get
        {
            var finished = Entries.Where(e => e.Scores is not null && e.TrainShare == 1).ToList();
            if (finished.Count == 0) return null;
            var best = finished.MaxBy(e => e.Scores!.Best)!;
            if (best.Elapsed < WorthSaving) return best;
            return finished.Where(e => e.Scores!.Best >= best.Scores!.Best - Doubt(e.Scores!) && e.Elapsed <= best.Elapsed / 2).MinBy(e => e.Elapsed) ?? best;
        }
    }

    // Below this nobody looks for something quicker.
    private static readonly TimeSpan WorthSaving = TimeSpan.FromSeconds(30);

    /// <summary>One standard error of a share; of other scores a hundredth, which is less than two runs differ.</summary>
    private double Doubt(RunScores scores) =>
        scores.Main == "accuracy" ? Math.Sqrt(scores.Best * (1 - scores.Best) / Math.Max(1, DevPictures)) : 0.01;
}
