namespace CaptionTL.Training;

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

    /// <summary>Where the smoothed loss falls fastest on the way to its minimum, over the logarithm of the rate; the minimum's rate where there are too few points to tell.</summary>
    public double Steepest
    {
        get
        {
            // The first tenth is skipped: the mean is of few batches there.
            var (first, last) = (Math.Max(Reach, Points.Count / 10), Points.Count - 1 - Reach);
            var lowest = Points.ToList().IndexOf(Minimum);
            var candidates = Enumerable.Range(first, Math.Max(0, Math.Min(last, lowest) - first + 1)).ToList();
            return candidates.Count == 0 ? Minimum.Rate : Points[candidates.MinBy(i => Points[i + Reach].Smoothed - Points[i - Reach].Smoothed)].Rate;
        }
    }
}
