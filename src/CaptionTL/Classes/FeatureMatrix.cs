using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Classes;

/// <summary>Features of images, one row for each image: rows × columns numbers, row-major, all of them finite.</summary>
public sealed class FeatureMatrix
{
    private readonly float[] _values;
    private readonly Lazy<Tensor> _tensor;

    /// <param name="values">rows × columns numbers, row-major; kept, not copied.</param>
    /// <param name="rows">Images, may be 0.</param>
    /// <param name="columns">Features of an image, at least 1.</param>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    /// <exception cref="CaptionTLException">A number is infinite or not a number.</exception>
    public FeatureMatrix(float[] values, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (values.Length != (long)rows * columns)
            throw new ArgumentException($"{rows} × {columns} features take {(long)rows * columns} numbers, not {values.Length}",
                nameof(values));
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, $"feature {i % columns} of row {i / columns} "
                    + $"is {values[i]}; features must be finite. Embed the images again; if it happens again, the backbone's weights "
                    + $"are damaged."));
        (_values, Rows, Columns) = (values, rows, columns);
        _tensor = new Lazy<Tensor>(() => ToTensor(0, Rows).DetachFromDisposeScope());
    }

    /// <summary>Images.</summary>
    public int Rows { get; }

    /// <summary>Features of an image.</summary>
    public int Columns { get; }

    /// <summary>All numbers, row-major, not copied.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>One image's features, not copied.</summary>
    public ReadOnlySpan<float> this[int row] => _values.AsSpan(row * Columns, Columns);

    /// <summary>A matrix of rows of equal length.</summary>
    /// <exception cref="CaptionTLException">There are none, or they differ in length.</exception>
    public static FeatureMatrix FromRows(IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0 || rows[0].Length == 0)
            throw new CaptionTLException("There are no features; at least one image with at least one feature is needed.");
        var values = new float[checked(rows.Count * rows[0].Length)];
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Length != rows[0].Length)
                throw new CaptionTLException($"row {i} has {rows[i].Length} features, the first has {rows[0].Length}. Embed all "
                    + "images with the same backbone, cut and pooling.");
            rows[i].CopyTo(values, i * rows[0].Length);
        }
        return new FeatureMatrix(values, rows.Count, rows[0].Length);
    }

    /// <summary>All rows in double precision, (rows, columns), on the processor; made at the first use and kept.</summary>
    internal Tensor Tensor => _tensor.Value;

    /// <summary>Rows next to each other in double precision, (count, columns), on the processor.</summary>
    internal Tensor ToTensor(int first, int count)
    {
        using var floats = tensor(_values.AsSpan(first * Columns, count * Columns).ToArray(), [count, Columns], device: CPU);
        return floats.to(ScalarType.Float64);
    }

    /// <summary>Some rows, copied, in the given order.</summary>
    public FeatureMatrix Select(ReadOnlySpan<int> rows)
    {
        var values = new float[rows.Length * Columns];
        for (var i = 0; i < rows.Length; i++) this[rows[i]].CopyTo(values.AsSpan(i * Columns));
        return new FeatureMatrix(values, rows.Length, Columns);
    }
}

/// <summary>
/// (x − mean) / deviation for every feature, as scikit-learn's StandardScaler: population deviation; the deviation of a constant feature
/// is taken as 1.
/// </summary>
public sealed class FeatureStandardizer
{
    internal FeatureStandardizer(double[] mean, double[] deviation) => (Mean, Deviation) = (mean, deviation);

    /// <summary>One for each feature.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>One for each feature, above 0.</summary>
    public IReadOnlyList<double> Deviation { get; }

    /// <summary>Mean and deviation of the features of training images.</summary>
    /// <exception cref="CaptionTLException">There are no rows.</exception>
    public static FeatureStandardizer Fit(FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Rows == 0) throw new CaptionTLException("There are no images to compute the features' mean from.");
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
            for (var c = 0; c < row.Length; c++)
                to[c] = (float)Math.Clamp((row[c] - mean[c]) / deviation[c], float.MinValue, float.MaxValue);
        }
        return new FeatureMatrix(values, features.Rows, features.Columns);
    }
}

/// <summary>How far apart two images are.</summary>
public enum FeatureDistance
{
    /// <summary>|x − y|.</summary>
    Euclidean,

    /// <summary>1 − x·y / (|x|·|y|); 1 where one of them is all zeros.</summary>
    Cosine,
}
