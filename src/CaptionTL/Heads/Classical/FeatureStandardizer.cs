namespace CaptionTL.Heads.Classical;

/// <summary>
/// (x − mean) / deviation for every feature, as scikit-learn's StandardScaler: population deviation; a feature that never changes keeps
/// a deviation of 1.
/// </summary>
public sealed class FeatureStandardizer
{
    internal FeatureStandardizer(double[] mean, double[] deviation) => (Mean, Deviation) = (mean, deviation);

    /// <summary>One a feature.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>One a feature, above 0.</summary>
    public IReadOnlyList<double> Deviation { get; }

    /// <summary>Mean and deviation of the features of training pictures.</summary>
    /// <exception cref="CaptionTLException">There are no rows.</exception>
    public static FeatureStandardizer Fit(FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Rows == 0) throw new CaptionTLException("there are no pictures to take the features' mean of");
        var (n, mean, variance) = (features.Rows, new double[features.Columns], new double[features.Columns]);
        for (var r = 0; r < n; r++)
        {
            var row = features[r];
            for (var c = 0; c < row.Length; c++) mean[c] += row[c];
        }
        for (var c = 0; c < mean.Length; c++) mean[c] /= n;
        for (var r = 0; r < n; r++)
        {
            var row = features[r];
            for (var c = 0; c < row.Length; c++) variance[c] += (row[c] - mean[c]) * (row[c] - mean[c]);
        }
        for (var c = 0; c < mean.Length; c++)
        {
            // What rounding alone can make of a constant feature's variance.
            var (v, rounding) = (variance[c] / n, Math.ScaleB(n, -52));
            variance[c] = v <= rounding * v + Math.Pow(rounding * mean[c], 2) ? 1 : Math.Sqrt(v);
        }
        return new FeatureStandardizer(mean, variance);
    }

    /// <summary>A standardised copy.</summary>
    /// <exception cref="CaptionTLException">Another number of features than it was fitted on.</exception>
    public FeatureMatrix Transform(FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        ClassicalInput.CheckColumns(features, Mean.Count);
        var (mean, deviation, values) = ((double[])Mean, (double[])Deviation, new float[features.Values.Length]);
        for (var r = 0; r < features.Rows; r++)
        {
            var row = features[r];
            var to = values.AsSpan(r * features.Columns, features.Columns);
            // A feature that barely changed in training may be far off later: float's range is the limit.
            for (var c = 0; c < row.Length; c++) to[c] = (float)Math.Clamp((row[c] - mean[c]) / deviation[c], float.MinValue, float.MaxValue);
        }
        return new FeatureMatrix(values, features.Rows, features.Columns);
    }
}
