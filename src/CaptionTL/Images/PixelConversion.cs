using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>What ImageSharp decodes, as eight-bit sRGB in three channels, alpha laid over white.</summary>
internal static class PixelConversion
{
    /// <summary>Decodes with one decoder, never one that ImageSharp chooses by content.</summary>
    /// <param name="decoder">The format's.</param>
    /// <param name="bytes">A file that holds one image.</param>
    /// <param name="size">What the file's header says; anything else is damage.</param>
    /// <exception cref="InvalidDataException">The image has another size than its header said.</exception>
    public static Image<TPixel> Decode<TPixel>(IImageDecoder decoder, ReadOnlyMemory<byte> bytes, PixelSize size)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var stream = AsStream(bytes);
        var image = decoder.Decode<TPixel>(ImageSharpSetup.For((long)size.Width * size.Height), stream, default);
        if (image.Width == size.Width && image.Height == size.Height) return image;
        image.Dispose();
        throw new InvalidDataException("its parts disagree about its size");
    }

    /// <summary>The whole image.</summary>
    public static RgbImage ToRgb<TPixel>(Image<TPixel> image) where TPixel : unmanaged, IPixel<TPixel>
    {
        var pixels = GC.AllocateUninitializedArray<byte>(checked(image.Width * image.Height * 3));
        CopyRows(image, pixels, image.Width * 3, image.Width, image.Height);
        return new RgbImage(image.Width, image.Height, pixels);
    }

    /// <summary>The upper left part of an image into a larger one.</summary>
    /// <param name="image">Three channels of eight bits, or four of eight or sixteen.</param>
    /// <param name="target">Begins where the part's first pixel belongs.</param>
    /// <param name="stride">Bytes from one of the target's rows to the next.</param>
    /// <param name="width">Of the part.</param>
    /// <param name="height">Of the part.</param>
    public static void CopyRows<TPixel>(Image<TPixel> image, Memory<byte> target, int stride, int width, int height)
        where TPixel : unmanaged, IPixel<TPixel> =>
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < height; y++)
            {
                var row = rows.GetRowSpan(y)[..width];
                var to = target.Span.Slice(y * stride, width * 3);
                if (typeof(TPixel) == typeof(Rgb24)) MemoryMarshal.AsBytes(row).CopyTo(to);
                else if (typeof(TPixel) == typeof(Rgba32)) CopyRow(MemoryMarshal.Cast<TPixel, Rgba32>(row), to);
                else CopyRow(MemoryMarshal.Cast<TPixel, Rgba64>(row), to);
            }
        });

    private static void CopyRow(ReadOnlySpan<Rgba32> row, Span<byte> to)
    {
        for (var x = 0; x < row.Length; x++)
        {
            var p = row[x];
            (to[x * 3], to[x * 3 + 1], to[x * 3 + 2]) = (OverWhite(p.R, p.A), OverWhite(p.G, p.A), OverWhite(p.B, p.A));
        }
    }

    /// <summary>Of 16 bits the upper eight, as Pillow takes them.</summary>
    private static void CopyRow(ReadOnlySpan<Rgba64> row, Span<byte> to)
    {
        for (var x = 0; x < row.Length; x++)
        {
            var p = row[x];
            var alpha = p.A >> 8;
            var (r, g, b) = (OverWhite(p.R >> 8, alpha), OverWhite(p.G >> 8, alpha), OverWhite(p.B >> 8, alpha));
            (to[x * 3], to[x * 3 + 1], to[x * 3 + 2]) = (r, g, b);
        }
    }

    private static byte OverWhite(int channel, int alpha) => (byte)((channel * alpha + 255 * (255 - alpha) + 127) / 255);

    /// <summary>The bytes themselves where they lie in an array, as they nearly always do.</summary>
    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray());
}

/// <summary>
/// ImageSharp turns CMYK into RGB by the plain product (1 − ink) · (1 − black), which is far too bright and colourful: real inks are
/// neither pure nor fully opaque. This brings it close to what a press profile gives.
/// </summary>
/// <remarks>
/// Quadratic polynomials in the plain product, fitted by least squares on 17³ sRGB colours that were sent through a general CMYK profile
/// and back: 3.9 levels off in the mean instead of 31.
/// </remarks>
internal static class PrintColors
{
    /// <summary>For red, green, blue: the factors of 1, b, b², g, gb, g², r, rb, rg, r², all in 0 … 1.</summary>
    private static readonly float[][] Factors =
    [
        [0.1380f, 0.0318f, 0.0084f, -0.1812f, -0.0846f, -0.1351f, 0.8985f, -0.0361f, 0.4803f, -0.1671f],
        [0.1412f, 0.0306f, -0.0422f, 0.5408f, 0.0398f, -0.1913f, 0.0706f, 0.0040f, 0.4361f, -0.0948f],
        [0.1800f, 0.4625f, -0.2107f, 0.0660f, 0.4708f, -0.0097f, -0.0304f, 0.1315f, -0.1459f, -0.0084f],
    ];

    /// <summary>Changes the pixels in place.</summary>
    public static RgbImage Correct(RgbImage image)
    {
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var (r, g, b) = (pixels[i] / 255f, pixels[i + 1] / 255f, pixels[i + 2] / 255f);
            ReadOnlySpan<float> terms = [1, b, b * b, g, g * b, g * g, r, r * b, r * g, r * r];
            for (var channel = 0; channel < 3; channel++)
            {
                var sum = 0f;
                for (var t = 0; t < terms.Length; t++) sum += Factors[channel][t] * terms[t];
                pixels[i + channel] = (byte)Math.Clamp(sum * 255 + 0.5f, 0, 255);
            }
        }
        return image;
    }
}
