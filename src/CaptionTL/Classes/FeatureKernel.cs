namespace CaptionTL.Classes;

/// <summary>Kernel values computed from the features on demand.</summary>
internal sealed class FeatureKernel(FeatureMatrix features, KernelFunction function) : KernelSource
{
    private readonly double[] _norms = KernelFunction.Norms(features);

    public override void Values(int row, ReadOnlySpan<int> others, Span<double> values)
    {
        var (columns, xx) = (features.Columns, _norms[row]);
        var x = features[row];
        var all = features.Values;
        for (var k = 0; k < others.Length;)
        {
            var first = others[k];
            if (k + 3 < others.Length && others[k + 1] == first + 1 && others[k + 2] == first + 2 && others[k + 3] == first + 3)
            {
                var (a, b, c, d) = VectorMath.Dot4(x, all.Slice(first * columns, 4 * columns));
                values[k++] = Value(a, xx, first);
                values[k++] = Value(b, xx, first + 1);
                values[k++] = Value(c, xx, first + 2);
                values[k++] = Value(d, xx, first + 3);
            }
            else
                values[k++] = Value(VectorMath.Dot(x, features[first]), xx, first);
        }
    }

    private double Value(double product, double xx, int other) =>
        function.Value(KernelFunction.Base(function.Kernel, product, xx, _norms[other]));
}

/// <summary>A kernel with its width.</summary>
/// <param name="Kernel">Linear or RBF.</param>
/// <param name="Gamma">Above 0; used by RBF alone.</param>
internal readonly record struct KernelFunction(SvmKernel Kernel, double Gamma)
{
    /// <param name="squaredDistanceOrProduct">|x − y|² for RBF, x·y for linear.</param>
    public double Value(double squaredDistanceOrProduct) => Kernel == SvmKernel.Linear ? squaredDistanceOrProduct
        : Math.Exp(-Gamma * squaredDistanceOrProduct);

    /// <summary>What <see cref="Value"/> takes, from x·y, x·x and y·y.</summary>
    public static double Base(SvmKernel kernel, double product, double xx, double yy) => kernel == SvmKernel.Linear ? product
        : Math.Max(0, xx + yy - 2 * product);

    /// <summary>scikit-learn's "scale": 1 / (columns · variance of all numbers); 1 where all numbers are equal.</summary>
    public static double Scale(FeatureMatrix features)
    {
        var (mean, variance) = (0.0, 0.0);
        foreach (var v in features.Values) mean += v;
        mean /= features.Values.Length;
        foreach (var v in features.Values) variance += (v - mean) * (v - mean);
        variance /= features.Values.Length;
        return variance > 0 ? 1 / (features.Columns * variance) : 1;
    }

    /// <summary>x·x of every row.</summary>
    public static double[] Norms(FeatureMatrix features)
    {
        var norms = new double[features.Rows];
        for (var r = 0; r < norms.Length; r++) norms[r] = VectorMath.Dot(features[r], features[r]);
        return norms;
    }
}

/// <summary>How a <see cref="KernelSvm"/> compares two images.</summary>
public enum SvmKernel
{
    /// <summary>x·y.</summary>
    Linear,

    /// <summary>exp(−gamma·|x − y|²).</summary>
    Rbf,
}

/// <summary>Kernel values between rows; thread-safe.</summary>
internal abstract class KernelSource
{
    /// <summary>Kernel values between a row and others.</summary>
    /// <param name="row">Any row.</param>
    /// <param name="others">Any rows; consecutive ones are fastest.</param>
    /// <param name="values">One for each of the others; overwritten.</param>
    public abstract void Values(int row, ReadOnlySpan<int> others, Span<double> values);
}

/// <summary>Kernel values from a table.</summary>
internal sealed class TableKernel(PairwiseTable table, KernelFunction function) : KernelSource
{
    public override void Values(int row, ReadOnlySpan<int> others, Span<double> values)
    {
        for (var k = 0; k < others.Length; k++) values[k] = function.Value(table[row, others[k]]);
    }
}

/// <summary>
/// Rows of a kernel matrix in single precision, as LIBSVM keeps them; the least recently used one makes room. Not thread-safe.
/// </summary>
/// <param name="source">Computes the rows that are missing.</param>
/// <param name="rows">The rows of the problem; positions below are positions in this list.</param>
/// <param name="maxBytes">Size of the cache; at least two rows are kept.</param>
internal sealed class KernelRowCache(KernelSource source, int[] rows, long maxBytes)
{
    private readonly LinkedListNode<(int Row, float[] Values)>?[] _there = new LinkedListNode<(int, float[])>?[rows.Length];
    private readonly LinkedList<(int Row, float[] Values)> _used = new(); // latest first
    private readonly int _room = (int)Math.Clamp(maxBytes / (sizeof(float) * Math.Max(1, rows.Length)), 2, int.MaxValue);
    private readonly double[] _computed = new double[rows.Length];

    /// <summary>Kernel values between a row and all rows; valid until the second next call.</summary>
    public float[] this[int row]
    {
        get
        {
            if (_there[row] is { } node)
            {
                if (node != _used.First)
                {
                    _used.Remove(node);
                    _used.AddFirst(node);
                }
                return node.Value.Values;
            }
            var values = _used.Count < _room ? new float[rows.Length] : Evict();
            source.Values(rows[row], rows, _computed);
            for (var k = 0; k < values.Length; k++) values[k] = (float)_computed[k];
            _there[row] = _used.AddFirst((row, values));
            return values;
        }
    }

    /// <summary>Kernel of every row with itself.</summary>
    public double[] Diagonal()
    {
        var diagonal = new double[rows.Length];
        for (var k = 0; k < rows.Length; k++) source.Values(rows[k], rows.AsSpan(k, 1), diagonal.AsSpan(k));
        return diagonal;
    }

    private float[] Evict()
    {
        var (row, values) = _used.Last!.Value;
        _used.RemoveLast();
        _there[row] = null;
        return values;
    }
}
