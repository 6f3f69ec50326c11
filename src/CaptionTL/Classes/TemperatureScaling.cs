namespace CaptionTL.Classes;

/// <summary>
/// Probabilities from scores: softmax(score / temperature), the temperature chosen on validation images (Guo, Pleiss, Sun, Weinberger:
/// On calibration of modern neural networks, ICML 2017). The predicted class stays the same, only its confidence changes.
/// </summary>
public sealed record TemperatureScaling
{
    // Without bounds, validation images that are all right would give temperature 0, and all wrong ones infinity.
    private const double Least = 0.02, Most = 50;

    /// <param name="temperature">Above 0.</param>
    public TemperatureScaling(double temperature)
    {
        ClassicalInput.CheckPositive(temperature, "the temperature");
        Temperature = temperature;
    }

    public static TemperatureScaling None { get; } = new(1);

    public double Temperature { get; }

    /// <summary>
    /// The temperature, from 0.02 to 50, at which the mean negative log likelihood is least. That is convex in 1 / temperature, so the
    /// sign of its slope says where to go: bisection on a logarithmic scale. Scores without information leave it at 1. The right class
    /// counts (N + 1) / (N + 2) and the others share the rest (Platt, 1999): a few images that are all right do not make the next one
    /// certain.
    /// </summary>
    /// <param name="scores">One array for each image, one number for each class.</param>
    /// <param name="columns">The right class of each image, as an index into its scores.</param>
    /// <exception cref="CaptionTLException">No images, or classes that the scores do not have.</exception>
    public static TemperatureScaling Fit(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns)
    {
        Check(scores, columns);
        if (Slope(scores, columns, 1) == 0) return None;
        if (Slope(scores, columns, 1 / Least) <= 0) return new TemperatureScaling(Least);
        if (Slope(scores, columns, 1 / Most) >= 0) return new TemperatureScaling(Most);
        var (low, high) = (Math.Log(Least), Math.Log(Most));
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            if (Slope(scores, columns, Math.Exp(-middle)) > 0) low = middle; else high = middle;
        }
        return new TemperatureScaling(Math.Exp((low + high) / 2));
    }

    /// <summary>Mean of −log probability of the right class.</summary>
    /// <inheritdoc cref="Fit"/>
    public double NegativeLogLikelihood(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns)
    {
        Check(scores, columns);
        return scores.Select((row, i) => Softmax.Apply([.. row.Select(s => s / Temperature)]) - row[columns[i]] / Temperature).Average();
    }

    /// <summary>Probabilities, one array for each row.</summary>
    public double[][] Probabilities(IReadOnlyList<double[]> scores) => [.. scores.Select(row =>
    {
        double[] scaled = [.. row.Select(s => s / Temperature)];
        Softmax.Apply(scaled);
        return scaled;
    })];

    /// <summary>Derivative of the summed negative log likelihood by 1 / temperature.</summary>
    private static double Slope(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns, double inverse)
    {
        var (slope, doubt) = (0.0, 1.0 / (scores.Count + 2));
        for (var i = 0; i < scores.Count; i++)
        {
            double[] p = [.. scores[i].Select(s => s * inverse)];
            Softmax.Apply(p);
            var others = p.Length > 1 ? doubt / (p.Length - 1) : 0;
            for (var k = 0; k < p.Length; k++) slope += (p[k] - others) * (scores[i][k] - scores[i][columns[i]]);
        }
        return slope;
    }

    internal static void Check(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(columns);
        if (scores.Count == 0 || scores.Count != columns.Count)
            throw new CaptionTLException($"There are {scores.Count} rows of scores and {columns.Count} right classes; each row needs "
                + "one, and at least one row is needed.");
        for (var i = 0; i < columns.Count; i++)
            if (columns[i] < 0 || columns[i] >= scores[i].Length)
                throw new CaptionTLException($"The right class of row {i} is {columns[i]}, but there are scores for "
                    + $"{scores[i].Length} classes.");
            else if (!scores[i].All(double.IsFinite)) throw new CaptionTLException($"The scores of row {i} are not all finite.");
    }
}

/// <summary>
/// How far confidence is from accuracy: images are binned by the probability of their predicted class, and the differences between mean
/// probability and share of right predictions are averaged, weighted by images (Guo et al., 2017, equation 3). 0 is best.
/// </summary>
public static class ExpectedCalibrationError
{
    /// <param name="probabilities">One array for each image, one number for each class.</param>
    /// <param name="columns">The right class of each image, as an index into its probabilities.</param>
    /// <param name="bins">Number of bins of equal width, each without its lower and with its upper bound.</param>
    /// <exception cref="CaptionTLException">No images, or classes that the probabilities do not have.</exception>
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
