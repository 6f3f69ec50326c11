namespace CaptionTL.Images;

/// <summary>
/// For every output position along one axis, the input positions it is made of and their weights: the kernel, widened by the
/// reduction so that it antialiases, sampled at the input's centres and normalised to 1.
/// </summary>
/// <remarks>
/// The scheme and the fixed point (22 bits) are those of Pillow's <c>Image.resize</c> (libImaging/Resample.c), so that pixels agree
/// with what most published weights were trained and scored on. Bicubic: Keys 1981 with a = −0.5.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>255 · 2^22 still fits 31 bits, overshoot of the bicubic kernel included.</summary>
    public const int FractionBits = 22;

    private ResampleWeights(int[] first, int[] weights, int taps) => (First, Weights, Taps) = (first, weights, taps);

    /// <summary>The first input position of each output position.</summary>
    public int[] First { get; }

    /// <summary><see cref="Taps"/> weights for each output position, in units of 2^−22; unused ones are 0.</summary>
    public int[] Weights { get; }

    /// <summary>The most input positions that an output position has. <c>First[i] + Taps</c> never lies beyond the input.</summary>
    public int Taps { get; }

    public int Count => First.Length;

    /// <param name="input">Length of the input along this axis, pixels.</param>
    /// <param name="output">Length it is resized to.</param>
    /// <param name="from">First output position wanted.</param>
    /// <param name="count">Output positions wanted.</param>
    /// <param name="interpolation">The kernel.</param>
    public static ResampleWeights Create(int input, int output, int from, int count, Interpolation interpolation)
    {
        var scale = (double)input / output;
        var width = Math.Max(scale, 1);
        var support = (interpolation == Interpolation.Bicubic ? 2.0 : 1.0) * width;
        var taps = Math.Min(input, (int)Math.Ceiling(support) * 2 + 1);
        var (first, weights) = (new int[count], new int[count * taps]);
        var kernel = new double[taps];
        for (var i = 0; i < count; i++)
        {
            var center = (from + i + 0.5) * scale;
            var start = Math.Max(0, (int)(center - support + 0.5));
            var end = Math.Min(input, (int)(center + support + 0.5));
            var sum = 0.0;
            for (var x = start; x < end; x++)
            {
                var distance = (x - center + 0.5) / width;
                sum += kernel[x - start] = interpolation == Interpolation.Bicubic ? Bicubic(distance) : Math.Max(0, 1 - Math.Abs(distance));
            }
            // Kept within the input by starting earlier, with weights of 0 in front.
            first[i] = Math.Min(start, input - taps);
            for (var x = start; x < end; x++)
            {
                var w = kernel[x - start] / sum * (1 << FractionBits);
                weights[i * taps + x - first[i]] = (int)(w < 0 ? w - 0.5 : w + 0.5);
            }
        }
        return new ResampleWeights(first, weights, taps);
    }

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
