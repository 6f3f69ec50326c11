using SixLabors.ImageSharp.Formats.Jpeg;

namespace CaptionTL.Images;

/// <summary>
/// Nearly every JPEG stores its colours at half the size. ImageSharp repeats each of them over two by two pixels, while libjpeg, with
/// which the published networks' training images were read, interpolates between them (its "fancy upsampling"): on 200 photos of 224 × 224
/// pixels the two differ by 1.25 of 255 in the mean, and by 0.30 after what is done here. The colours are found again in the decoded
/// pixels, since all that share one differ in brightness alone, and spread by libjpeg's weights, 9 : 3 : 3 : 1 to the four nearest.
/// </summary>
internal static class ChromaUpsampling
{
    /// <summary>Of a chroma value: 16 for the sum over the weights, 16 so that what is lost by rounding does not matter.</summary>
    private const int Scale = 256;

    /// <summary>Changes an image just decoded whose colours were stored at half its width, or half its width and height.</summary>
    public static void Smooth(Span<byte> rgb, int width, int height, JpegColorType? stored)
    {
        if (stored is not (JpegColorType.YCbCrRatio420 or JpegColorType.YCbCrRatio422) || width < 3 || height < 3) return;
        var tall = stored == JpegColorType.YCbCrRatio420 ? 2 : 1;
        var (columns, rows) = ((width + 1) / 2, (height + tall - 1) / tall);
        var (blue, red) = (new int[columns * rows], new int[columns * rows]);
        for (var y = 0; y < rows; y++)
            for (var x = 0; x < columns; x++)
                (blue[y * columns + x], red[y * columns + x]) = Chroma(rgb, width, height, x * 2, y * tall, tall);

        var (blueRow, redRow) = (new int[columns], new int[columns]);
        for (var y = 0; y < height; y++)
        {
            var near = y / tall * columns;
            var far = Math.Clamp(y / tall + ((y & 1) == 0 ? -1 : 1), 0, rows - 1) * columns;
            if (tall == 1) far = near;
            for (var x = 0; x < columns; x++)
            {
                blueRow[x] = 3 * blue[near + x] + blue[far + x];
                redRow[x] = 3 * red[near + x] + red[far + x];
            }
            var row = rgb.Slice(y * width * 3, width * 3);
            for (var x = 0; x < width; x++)
            {
                var cell = x / 2;
                var beside = Math.Clamp(cell + ((x & 1) == 0 ? -1 : 1), 0, columns - 1);
                Recolour(row.Slice(x * 3, 3), blue[near + cell], red[near + cell],
                    (3 * blueRow[cell] + blueRow[beside]) / 16, (3 * redRow[cell] + redRow[beside]) / 16);
            }
        }
    }

    /// <summary>
    /// Cb and Cr, without their 128, of the pixels that share them, times <see cref="Scale"/>. Pixels that were cut off at 0 or 255 tell
    /// less and count only where all were.
    /// </summary>
    private static (int Blue, int Red) Chroma(ReadOnlySpan<byte> rgb, int width, int height, int left, int top, int tall)
    {
        int r = 0, g = 0, b = 0, n = 0, cutR = 0, cutG = 0, cutB = 0, cut = 0;
        for (var y = top; y < Math.Min(top + tall, height); y++)
            for (var i = (y * width + left) * 3; i < (y * width + Math.Min(left + 2, width)) * 3; i += 3)
            {
                if (IsWithin(rgb[i]) && IsWithin(rgb[i + 1]) && IsWithin(rgb[i + 2]))
                    (r, g, b, n) = (r + rgb[i], g + rgb[i + 1], b + rgb[i + 2], n + 1);
                else (cutR, cutG, cutB, cut) = (cutR + rgb[i], cutG + rgb[i + 1], cutB + rgb[i + 2], cut + 1);
            }
        if (n == 0) (r, g, b, n) = (cutR, cutG, cutB, cut);
        // ITU-T T.871: Cb = −0.168736 R − 0.331264 G + 0.5 B and Cr = 0.5 R − 0.418688 G − 0.081312 B, in 65536ths.
        const int Shift = 65536 / Scale;
        return ((-11058 * r - 21710 * g + 32768 * b) / (n * Shift), (32768 * r - 27439 * g - 5329 * b) / (n * Shift));
    }

    /// <summary>Gives a pixel another chroma and leaves its brightness.</summary>
    private static void Recolour(Span<byte> pixel, int blue, int red, int newBlue, int newRed)
    {
        int r = pixel[0], g = pixel[1], b = pixel[2];
        if (IsWithin(pixel[0]) && IsWithin(pixel[1]) && IsWithin(pixel[2]))
        {
            var (db, dr) = (newBlue - blue, newRed - red);
            Set(pixel, r * Scale + RedOf(dr), g * Scale + GreenOf(db, dr), b * Scale + BlueOf(db));
            return;
        }
        // A channel that was not cut off tells the brightness.
        var luma = IsWithin(pixel[1]) ? g * Scale - GreenOf(blue, red)
            : IsWithin(pixel[0]) ? r * Scale - RedOf(red)
            : IsWithin(pixel[2]) ? b * Scale - BlueOf(blue)
            : (77 * r + 150 * g + 29 * b) * Scale / 256;
        Set(pixel, luma + RedOf(newRed), luma + GreenOf(newBlue, newRed), luma + BlueOf(newBlue));
    }

    private static int RedOf(int red) => 1436 * red / 1024;

    private static int GreenOf(int blue, int red) => -(352 * blue + 731 * red) / 1024;

    private static int BlueOf(int blue) => 1815 * blue / 1024;

    private static bool IsWithin(byte value) => value is > 0 and < 255;

    private static void Set(Span<byte> pixel, int r, int g, int b)
    {
        pixel[0] = (byte)Math.Clamp((r + Scale / 2) / Scale, 0, 255);
        pixel[1] = (byte)Math.Clamp((g + Scale / 2) / Scale, 0, 255);
        pixel[2] = (byte)Math.Clamp((b + Scale / 2) / Scale, 0, 255);
    }
}
