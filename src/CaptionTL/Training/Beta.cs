namespace CaptionTL.Training;

/// <summary>Draws from the symmetric Beta distribution.</summary>
internal static class Beta
{
    /// <summary>A number between 0 and 1 from Beta(alpha, alpha): the share of the first of two gamma variates in their sum.</summary>
    public static double Draw(double alpha, Random random)
    {
        var (a, b) = (Gamma(alpha, random), Gamma(alpha, random));
        return a + b > 0 ? a / (a + b) : random.Next(2);
    }

    // Marsaglia and Tsang, 2000; below shape 1 by the power of a uniform variate.
    private static double Gamma(double shape, Random random)
    {
        if (shape < 1) return Gamma(shape + 1, random) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < x * x / 2 + d - d * v + d * Math.Log(v)) return d * v;
        }
    }
}
