using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>ImageSharp's pixels to eight-bit sRGB in three channels, alpha laid over white.</summary>
internal static class ImageSharpPixels
{
    public static RgbImage ToRgb(Image<Rgb24> image)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(checked(image.Width * image.Height * 3));
        image.CopyPixelDataTo(pixels);
        return new RgbImage(image.Width, image.Height, pixels);
    }

    public static RgbImage ToRgb(Image<Rgba32> image) => Convert(image, static (row, target) =>
    {
        for (var x = 0; x < row.Length; x++)
        {
            var p = row[x];
            (target[x * 3], target[x * 3 + 1], target[x * 3 + 2]) = (OverWhite(p.R, p.A), OverWhite(p.G, p.A), OverWhite(p.B, p.A));
        }
    });

    /// <summary>Of 16 bits the upper eight, as Pillow and libvips take them.</summary>
    public static RgbImage ToRgb(Image<Rgba64> image) => Convert(image, static (row, target) =>
    {
        for (var x = 0; x < row.Length; x++)
        {
            var p = row[x];
            (target[x * 3], target[x * 3 + 1], target[x * 3 + 2]) = (OverWhite(p.R >> 8, p.A >> 8), OverWhite(p.G >> 8, p.A >> 8), OverWhite(p.B >> 8, p.A >> 8));
        }
    });

    private delegate void RowConversion<TPixel>(ReadOnlySpan<TPixel> row, Span<byte> target);

    private static RgbImage Convert<TPixel>(Image<TPixel> image, RowConversion<TPixel> convert) where TPixel : unmanaged, IPixel<TPixel>
    {
        var pixels = GC.AllocateUninitializedArray<byte>(checked(image.Width * image.Height * 3));
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++) convert(rows.GetRowSpan(y), pixels.AsSpan(y * rows.Width * 3, rows.Width * 3));
        });
        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static byte OverWhite(int channel, int alpha) => (byte)((channel * alpha + 255 * (255 - alpha) + 127) / 255);
}
