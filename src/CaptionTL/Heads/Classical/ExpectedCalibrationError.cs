namespace CaptionTL.Heads.Classical;

/// <summary>
/// How far confidence is from accuracy: pictures are put into bins by the probability of their answer, and the differences of mean
/// probability and share of right answers are averaged, weighted by pictures (Guo et al., 2017, equation 3). 0 is best.
/// </summary>
public static class ExpectedCalibrationError
{
    /// <param name="probabilities">One array a picture, one number a class.</param>
    /// <param name="columns">The right class of each picture, as an index into its probabilities.</param>
    /// <param name="bins">Of equal width, each without its lower and with its upper bound.</param>
    /// <exception cref="CaptionTLException">No pictures, or classes that the probabilities do not have.</exception>
    public static double Of(IReadOnlyList<double[]> probabilities, IReadOnlyList<int> columns, int bins = 15)
    {
        TemperatureScaling.Check(probabilities, columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        var (confidence, right) = (new double[bins], new double[bins]);
        for (var i = 0; i < probabilities.Count; i++)
        {
            var answer = ClassicalPrediction.Best(probabilities[i]);
            var bin = Math.Clamp((int)Math.Ceiling(probabilities[i][answer] * bins) - 1, 0, bins - 1);
            confidence[bin] += probabilities[i][answer];
            right[bin] += answer == columns[i] ? 1 : 0;
        }
        return confidence.Zip(right, (c, r) => Math.Abs(c - r)).Sum() / probabilities.Count;
    }
}
