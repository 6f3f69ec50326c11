namespace CaptionTL.Images;

/// <summary>Turns stored pixels upright. The eight values are those of EXIF 2.32, tag 0x0112.</summary>
internal static class ExifOrientation
{
    /// <summary>Orientations 5 to 8 lie on their side: width and height change places.</summary>
    public static bool SwapsSides(int orientation) => orientation is >= 5 and <= 8;

    /// <summary>A new picture, or the same where there is nothing to turn (1, and values that EXIF does not know).</summary>
    public static RgbImage Upright(RgbImage stored, int orientation)
    {
        if (orientation is < 2 or > 8) return stored;
        var (w, h) = (stored.Width, stored.Height);
        var (width, height) = SwapsSides(orientation) ? (h, w) : (w, h);
        // Where the upright pixel (0, 0) is stored, and how far in the buffer one goes for a step right and a step down.
        var (originX, originY, right, down) = orientation switch
        {
            2 => (w - 1, 0, -1, w),
            3 => (w - 1, h - 1, -1, -w),
            4 => (0, h - 1, 1, -w),
            5 => (0, 0, w, 1),
            6 => (0, h - 1, -w, 1),
            7 => (w - 1, h - 1, -w, -1),
            _ => (w - 1, 0, w, -1),
        };
        var (source, pixels) = (stored.Pixels, new byte[stored.Pixels.Length]);
        var to = 0;
        for (var y = 0; y < height; y++)
        {
            var from = originY * w + originX + y * down;
            for (var x = 0; x < width; x++, from += right, to += 3)
            {
                pixels[to] = source[from * 3];
                pixels[to + 1] = source[from * 3 + 1];
                pixels[to + 2] = source[from * 3 + 2];
            }
        }
        return new RgbImage(width, height, pixels);
    }
}
