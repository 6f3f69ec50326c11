namespace CaptionTL.Heads.Classical;

/// <summary>
/// Probabilities from scores: softmax(score / temperature), the temperature chosen on validation pictures (Guo, Pleiss, Sun, Weinberger:
/// On calibration of modern neural networks, ICML 2017). The answer stays the same, only how sure it is changes.
/// </summary>
public sealed record TemperatureScaling
{
    // Validation pictures that are all right would ask for temperature 0, all wrong ones for infinity.
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
    /// The temperature, from 0.02 to 50, at which the mean negative log likelihood is least. That is convex in 1 / temperature: Newton's
    /// method within a bracket that is halved where a step leaves it.
    /// </summary>
    /// <param name="scores">One array a picture, one number a class.</param>
    /// <param name="columns">The right class of each picture, as an index into its scores.</param>
    /// <exception cref="CaptionTLException">No pictures, or classes that the scores do not have.</exception>
    public static TemperatureScaling Fit(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns)
    {
        Check(scores, columns);
        var (low, high, at) = (1 / Most, 1 / Least, 1.0);
        for (var step = 0; step < 200 && high - low > 1e-12 * high; step++)
        {
            var (slope, curvature) = Derivatives(scores, columns, at);
            if (slope == 0) break;
            if (slope > 0) high = at; else low = at;
            var next = at - slope / curvature;
            if (Math.Abs(next - at) < 1e-13 * at) break;
            at = next > low && next < high ? next : (low + high) / 2;
        }
        return new TemperatureScaling(1 / at);
    }

    /// <summary>Mean of −log probability of the right class.</summary>
    /// <inheritdoc cref="Fit"/>
    public double NegativeLogLikelihood(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns)
    {
        Check(scores, columns);
        return scores.Select((row, i) => Softmax.Apply([.. row.Select(s => s / Temperature)]) - row[columns[i]] / Temperature).Average();
    }

    /// <summary>Probabilities, one array a row.</summary>
    public double[][] Probabilities(IReadOnlyList<double[]> scores) => [.. scores.Select(row =>
    {
        double[] scaled = [.. row.Select(s => s / Temperature)];
        Softmax.Apply(scaled);
        return scaled;
    })];

    /// <summary>First and second derivative of the mean negative log likelihood by 1 / temperature.</summary>
    private static (double Slope, double Curvature) Derivatives(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns, double inverse)
    {
        var (slope, curvature) = (0.0, 0.0);
        for (var i = 0; i < scores.Count; i++)
        {
            double[] p = [.. scores[i].Select(s => s * inverse)];
            Softmax.Apply(p);
            var (mean, square) = (0.0, 0.0);
            for (var k = 0; k < p.Length; k++)
            {
                var above = scores[i][k] - scores[i][columns[i]]; // differences: large scores close together keep their digits
                mean += p[k] * above;
                square += p[k] * above * above;
            }
            slope += mean;
            curvature += square - mean * mean;
        }
        return (slope / scores.Count, curvature / scores.Count);
    }

    internal static void Check(IReadOnlyList<double[]> scores, IReadOnlyList<int> columns)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(columns);
        if (scores.Count == 0 || scores.Count != columns.Count) throw new CaptionTLException($"there are {scores.Count} rows of scores and {columns.Count} right answers: one each is needed, and at least one");
        for (var i = 0; i < columns.Count; i++)
            if (columns[i] < 0 || columns[i] >= scores[i].Length) throw new CaptionTLException($"the right answer of row {i} is {columns[i]}, there are scores for {scores[i].Length} classes");
            else if (!scores[i].All(double.IsFinite)) throw new CaptionTLException($"the scores of row {i} are not all finite");
    }
}
