using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CaptionTL.Images;

/// <summary>
/// Antialiased resizing, first along the rows, then along the columns, rounded to bytes in between: the pixels of Pillow's
/// <c>Image.resize</c>. Only what lies in the wanted part of the result is computed. The arithmetic is in integers, so that
/// every processor gives the same pixels.
/// </summary>
internal static class Resampler
{
    private const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <param name="image">The source.</param>
    /// <param name="source">The part of it that is resized; what lies outside does not count, as if it had been cut off before.</param>
    /// <param name="size">The size that <paramref name="source"/> is resized to.</param>
    /// <param name="part">The part of the result that is wanted.</param>
    /// <param name="interpolation">The kernel.</param>
    public static RgbImage Resize(RgbImage image, PixelBox source, PixelSize size, PixelBox part, Interpolation interpolation)
    {
        var horizontal = ResampleWeights.Create(source.Width, size.Width, part.Left, part.Width, interpolation);
        var vertical = ResampleWeights.Create(source.Height, size.Height, part.Top, part.Height, interpolation);
        var firstRow = vertical.First[0];
        var rows = vertical.First[^1] + vertical.Taps - firstRow;
        var stride = part.Width * 3;
        var result = new byte[stride * part.Height];
        var between = ArrayPool<byte>.Shared.Rent(stride * rows);
        // One byte more than a row: pixels are read four bytes at a time.
        var padded = ArrayPool<byte>.Shared.Rent(source.Width * 3 + 1);
        for (var y = 0; y < rows; y++)
        {
            var start = ((source.Top + firstRow + y) * (long)image.Width + source.Left) * 3;
            var row = image.Pixels.AsSpan((int)start, source.Width * 3);
            var target = between.AsSpan(y * stride, stride);
            if (source.Width == size.Width) row.Slice(part.Left * 3, stride).CopyTo(target);
            else
            {
                row.CopyTo(padded);
                Row(padded, horizontal, target);
            }
        }
        for (var y = 0; y < part.Height; y++)
        {
            var weights = vertical.Weights.AsSpan(y * vertical.Taps, vertical.Taps);
            Column(between.AsSpan((vertical.First[y] - firstRow) * stride), stride, weights, result.AsSpan(y * stride, stride));
        }
        ArrayPool<byte>.Shared.Return(padded);
        ArrayPool<byte>.Shared.Return(between);
        return new RgbImage(part.Width, part.Height, result);
    }

    /// <summary>
    /// One row to its new width: a weighted sum of pixels for each, the three channels (and the next pixel's first) side by side in a
    /// vector.
    /// </summary>
    private static void Row(ReadOnlySpan<byte> row, ResampleWeights horizontal, Span<byte> target)
    {
        var taps = horizontal.Taps;
        for (var x = 0; x < horizontal.Count; x++)
        {
            var weights = horizontal.Weights.AsSpan(x * taps, taps);
            ref var pixel = ref MemoryMarshal.GetReference(row.Slice(horizontal.First[x] * 3, taps * 3 + 1));
            var sum = Vector128.Create(Half);
            for (var t = 0; t < weights.Length; t++, pixel = ref Unsafe.Add(ref pixel, 3))
            {
                var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte();
                sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weights[t];
            }
            sum = Clip(sum);
            (target[x * 3], target[x * 3 + 1], target[x * 3 + 2]) = ((byte)sum[0], (byte)sum[1], (byte)sum[2]);
        }
    }

    /// <summary>One output row: a weighted sum of whole rows.</summary>
    private static void Column(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> target)
    {
        var i = 0;
        ref var first = ref MemoryMarshal.GetReference(rows);
        for (; i + Vector128<byte>.Count <= stride; i += Vector128<byte>.Count)
        {
            var (a, b, c, d) = (Vector128.Create(Half), Vector128.Create(Half), Vector128.Create(Half), Vector128.Create(Half));
            for (var t = 0; t < weights.Length; t++)
            {
                var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref first, (nuint)(t * stride + i)));
                var (p, q) = Vector128.Widen(low);
                var (r, s) = Vector128.Widen(high);
                var w = weights[t];
                a += p.AsInt32() * w;
                b += q.AsInt32() * w;
                c += r.AsInt32() * w;
                d += s.AsInt32() * w;
            }
            var pair = Vector128.Narrow(Clip(a), Clip(b)).AsUInt16();
            var other = Vector128.Narrow(Clip(c), Clip(d)).AsUInt16();
            Vector128.Narrow(pair, other).CopyTo(target[i..]);
        }
        for (; i < stride; i++)
        {
            var sum = Half;
            for (var t = 0; t < weights.Length; t++) sum += rows[t * stride + i] * weights[t];
            target[i] = Clip(sum);
        }
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, 255);

    private static Vector128<int> Clip(Vector128<int> sum) =>
        Vector128.Min(Vector128.Max(sum >> ResampleWeights.FractionBits, Vector128<int>.Zero), Vector128.Create(255));
}

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
                sum += kernel[x - start] = interpolation == Interpolation.Bicubic ? Bicubic(distance)
                    : Math.Max(0, 1 - Math.Abs(distance));
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
