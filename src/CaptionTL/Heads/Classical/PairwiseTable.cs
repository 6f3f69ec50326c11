namespace CaptionTL.Heads.Classical;

/// <summary>x·y (linear) or |x − y|² (RBF) of every two rows, computed once for all values of C and gamma that are tried.</summary>
internal sealed class PairwiseTable
{
    /// <summary>Rows up to which a table is made: half a gigabyte.</summary>
    public const int MaxRows = 11_500;

    private const int Block = 16; // rows that stay in the second-level cache

    private readonly float[][] _values; // lower triangle with the diagonal

    public PairwiseTable(FeatureMatrix features, SvmKernel kernel, CancellationToken token)
    {
        var (n, columns, norms) = (features.Rows, features.Columns, KernelFunction.Norms(features));
        _values = [.. Enumerable.Range(0, n).Select(i => new float[i + 1])];
        for (var first = 0; first < n; first += Block)
        {
            token.ThrowIfCancellationRequested();
            var end = Math.Min(n, first + Block);
            for (var j = 0; j < end; j += 4)
            for (var i = Math.Max(first, j); i < end; i++)
            {
                if (j + 3 <= i)
                {
                    var (a, b, c, d) = VectorMath.Dot4(features[i], features.Values.Slice(j * columns, 4 * columns));
                    Set(i, j, a);
                    Set(i, j + 1, b);
                    Set(i, j + 2, c);
                    Set(i, j + 3, d);
                }
                else
                    for (var k = j; k <= i; k++) Set(i, k, VectorMath.Dot(features[i], features[k]));
            }
        }

        void Set(int i, int j, double product) => _values[i][j] = (float)KernelFunction.Base(kernel, product, norms[i], norms[j]);
    }

    public double this[int i, int j] => i >= j ? _values[i][j] : _values[j][i];
}
