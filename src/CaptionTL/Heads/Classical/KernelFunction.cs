namespace CaptionTL.Heads.Classical;

/// <summary>A kernel with its width.</summary>
/// <param name="Kernel">Which.</param>
/// <param name="Gamma">Above 0; used by RBF alone.</param>
internal readonly record struct KernelFunction(SvmKernel Kernel, double Gamma)
{
    /// <param name="squaredDistanceOrProduct">|x − y|² for RBF, x·y for linear.</param>
    public double Value(double squaredDistanceOrProduct) => Kernel == SvmKernel.Linear ? squaredDistanceOrProduct : Math.Exp(-Gamma * squaredDistanceOrProduct);

    /// <summary>What <see cref="Value"/> takes, from x·y, x·x and y·y.</summary>
    public static double Base(SvmKernel kernel, double product, double xx, double yy) => kernel == SvmKernel.Linear ? product : Math.Max(0, xx + yy - 2 * product);

    /// <summary>scikit-learn's "scale": 1 / (columns · variance of all numbers); 1 where nothing varies.</summary>
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
