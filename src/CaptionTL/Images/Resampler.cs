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

    /// <summary>One row to its new width: a weighted sum of pixels for each, the three channels (and the next pixel's first) side by side in a vector.</summary>
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
