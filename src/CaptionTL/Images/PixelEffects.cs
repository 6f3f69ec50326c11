namespace CaptionTL.Images;

/// <summary>Changes of pixels that keep the picture's size.</summary>
internal static class PixelEffects
{
    /// <summary>Left and right change places; a new picture.</summary>
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

    /// <summary>0.299, 0.587 and 0.114 in units of 2^−16.</summary>
    private static int Luma(int r, int g, int b) => (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;

    private static byte Saturate(int channel, int luma, int strength) => (byte)Math.Clamp(luma + (((channel - luma) * strength + 128) >> 8), 0, 255);

    private static byte ToByte(float value) => (byte)(Math.Clamp(value, 0f, 255f) + 0.5f);
}
