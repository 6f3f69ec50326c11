namespace CaptionTL.Training;

/// <summary>A race's table and what follows from it.</summary>
/// <param name="Entries">In the order they ran.</param>
/// <param name="DevPictures">That gave the scores.</param>
public sealed record RaceResult(IReadOnlyList<RaceEntry> Entries, int DevPictures)
{
    /// <summary>
    /// The quickest of the plans whose main score is within one standard error of the best one's; null where none came to its end. On N
    /// pictures an accuracy p is known to √(p(1−p)/N), so smaller differences are no reason to wait longer.
    /// </summary>
    public RaceEntry? Recommended
    {
        get
        {
            var finished = Entries.Where(e => e.Scores is not null && e.TrainShare == 1).ToList();
            if (finished.Count == 0) return null;
            var best = finished.Max(e => e.Scores!.Best);
            return finished.Where(e => e.Scores!.Best >= best - Doubt(e.Scores!)).MinBy(e => e.Elapsed);
        }
    }

    /// <summary>One standard error of a share; of other scores a hundredth, which is less than two runs differ.</summary>
    private double Doubt(RunScores scores) =>
        scores.Main == "accuracy" ? Math.Sqrt(scores.Best * (1 - scores.Best) / Math.Max(1, DevPictures)) : 0.01;
}
