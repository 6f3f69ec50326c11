namespace CaptionTL.Images;

/// <summary>Changes of pixels that keep the picture's size.</summary>
internal static class PixelEffects
{
    /// <summary>Left and right change places; a new picture.</summary>
    public static RgbImage Mirror(RgbImage image) => ExifOrientation.Upright(image, 2);

    /// <summary>
    /// Brightness, then contrast (away from or towards the mean grey), then saturation (away from or towards each pixel's grey), in place.
    /// Grey is ITU-R BT.601 luma, as in Pillow's ImageEnhance. Single multiplications and additions in a fixed order: the same everywhere.
    /// </summary>
    public static void ChangeColors(RgbImage image, float brightness, float contrast, float saturation)
    {
        var pixels = image.Pixels;
        var grey = 0.0;
        for (var i = 0; i < pixels.Length; i += 3)
            grey += Luma(Bound(pixels[i] * brightness), Bound(pixels[i + 1] * brightness), Bound(pixels[i + 2] * brightness));
        var mean = (float)(grey * 3 / pixels.Length);
        var table = new float[256];
        for (var v = 0; v < 256; v++) table[v] = Bound((Bound(v * brightness) - mean) * contrast + mean);
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var (r, g, b) = (table[pixels[i]], table[pixels[i + 1]], table[pixels[i + 2]]);
            var luma = Luma(r, g, b);
            pixels[i] = ToByte((r - luma) * saturation + luma);
            pixels[i + 1] = ToByte((g - luma) * saturation + luma);
            pixels[i + 2] = ToByte((b - luma) * saturation + luma);
        }
    }

    private static float Luma(float r, float g, float b) => 0.299f * r + 0.587f * g + 0.114f * b;

    private static float Bound(float value) => Math.Clamp(value, 0f, 255f);

    private static byte ToByte(float value) => (byte)(Bound(value) + 0.5f);
}
