namespace CaptionTL.Heads.Classical;

/// <summary>Rows of a kernel matrix in single precision, as LIBSVM keeps them; the least recently used one makes room. Not thread-safe.</summary>
/// <param name="source">Computes what is not there.</param>
/// <param name="rows">The rows of the problem; all positions below count in this list.</param>
/// <param name="maxBytes">Room for rows; two are kept at least.</param>
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
