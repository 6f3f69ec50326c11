namespace CaptionTL.Images;

/// <summary>Changes of pixels that keep the image's size.</summary>
internal static class PixelEffects
{
    /// <summary>Left and right change places; a new image.</summary>
    public static RgbImage Mirror(RgbImage image) => ExifOrientation.Upright(image, 2);

    /// <summary>
    /// Brightness, then contrast (away from or towards the mean grey), then saturation (away from or towards each pixel's grey), in place.
    /// Grey is ITU-R BT.601 luma, as in Pillow's ImageEnhance. In integers where it counts: the same everywhere.
    /// </summary>
    public static void ChangeColors(RgbImage image, float brightness, float contrast, float saturation)
    {
        var pixels = image.Pixels;
        var table = new byte[256];
        for (var v = 0; v < 256; v++) table[v] = ToByte(v * brightness);
        var grey = 0L;
        for (var i = 0; i + 2 < pixels.Length; i += 3) grey += Luma(table[pixels[i]], table[pixels[i + 1]], table[pixels[i + 2]]);
        var mean = grey * 3 / (float)pixels.Length;
        for (var v = 0; v < 256; v++) table[v] = ToByte((table[v] - mean) * contrast + mean);
        // Saturation in units of 1/256.
        var strength = (int)MathF.Round(saturation * 256);
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            var (r, g, b) = (table[pixels[i]], table[pixels[i + 1]], table[pixels[i + 2]]);
            var luma = Luma(r, g, b);
            pixels[i] = Saturate(r, luma, strength);
            pixels[i + 1] = Saturate(g, luma, strength);
            pixels[i + 2] = Saturate(b, luma, strength);
        }
    }

    /// <summary>
    /// Turns an image counter-clockwise about its middle, bilinearly; what comes from outside repeats the edge. A new image of the same
    /// size.
    /// </summary>
    public static RgbImage Rotate(RgbImage image, double degrees)
    {
        var (width, height, source) = (image.Width, image.Height, image.Pixels);
        var (sin, cos) = ((float)Math.Sin(degrees * Math.PI / 180), (float)Math.Cos(degrees * Math.PI / 180));
        var (middleX, middleY) = ((width - 1) / 2f, (height - 1) / 2f);
        var pixels = new byte[source.Length];
        var to = 0;
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var (right, down) = (x - middleX, y - middleY);
            var fromX = Math.Clamp(middleX + cos * right - sin * down, 0, width - 1);
            var fromY = Math.Clamp(middleY + sin * right + cos * down, 0, height - 1);
            var (left, top) = ((int)fromX, (int)fromY);
            var (shareX, shareY) = (fromX - left, fromY - top);
            var (here, below) = ((top * width + left) * 3, (Math.Min(top + 1, height - 1) * width + left) * 3);
            var next = left + 1 < width ? 3 : 0;
            for (var c = 0; c < 3; c++, here++, below++)
            {
                var upper = source[here] + (source[here + next] - source[here]) * shareX;
                var lower = source[below] + (source[below + next] - source[below]) * shareX;
                pixels[to++] = ToByte(upper + (lower - upper) * shareY);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Covers a part with the mean colour of the whole image, in place.</summary>
    public static void Erase(RgbImage image, PixelBox part)
    {
        var pixels = image.Pixels;
        Span<long> sums = stackalloc long[3];
        for (var i = 0; i < pixels.Length; i++) sums[i % 3] += pixels[i];
        var count = (long)image.Width * image.Height;
        ReadOnlySpan<byte> mean = [(byte)(sums[0] / count), (byte)(sums[1] / count), (byte)(sums[2] / count)];
        for (var y = part.Top; y < part.Top + part.Height; y++)
        for (var x = part.Left; x < part.Left + part.Width; x++)
            mean.CopyTo(pixels.AsSpan((y * image.Width + x) * 3));
    }

    /// <summary>0.299, 0.587 and 0.114 in units of 2^−16.</summary>
    private static int Luma(int r, int g, int b) => (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;

    private static byte Saturate(int channel, int luma, int strength) =>
        (byte)Math.Clamp(luma + (((channel - luma) * strength + 128) >> 8), 0, 255);

    private static byte ToByte(float value) => (byte)(Math.Clamp(value, 0f, 255f) + 0.5f);
}
