namespace CaptionTL.Heads.Classical;

/// <summary>Kernel values computed from the features when they are asked for.</summary>
internal sealed class FeatureKernel(FeatureMatrix features, KernelFunction function) : KernelSource
{
    private readonly double[] _norms = KernelFunction.Norms(features);

    public override void Values(int row, ReadOnlySpan<int> others, Span<double> values) => Values(features[row], _norms[row], others, values);

    /// <summary>Between a row from elsewhere and all rows.</summary>
    public void Values(ReadOnlySpan<float> query, ReadOnlySpan<int> all, Span<double> values) => Values(query, VectorMath.Dot(query, query), all, values);

    private void Values(ReadOnlySpan<float> x, double xx, ReadOnlySpan<int> others, Span<double> values)
    {
        var columns = features.Columns;
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

    private double Value(double product, double xx, int other) => function.Value(KernelFunction.Base(function.Kernel, product, xx, _norms[other]));
}
