namespace CaptionTL.Images;

/// <summary>Reads how a camera was held and turns stored pixels upright. The eight values are those of EXIF 2.32, tag 0x0112.</summary>
internal static class ExifOrientation
{
    private const ushort Tag = 0x0112;

    /// <summary>1 to 8; 1 where an EXIF block says nothing or is damaged.</summary>
    /// <param name="exif">A TIFF header and directory; some writers of PNG and WebP leave JPEG's prefix in front.</param>
    public static int Read(ReadOnlyMemory<byte> exif)
    {
        try
        {
            var file = new TiffReader(exif.Span.StartsWith("Exif\0\0"u8) ? exif[6..] : exif);
            if (!file.ReadDirectory(file.FirstDirectory).TryGetValue(Tag, out var field)) return 1;
            return file.First(field) is >= 1 and <= 8 and var orientation ? (int)orientation : 1;
        }
        catch (InvalidDataException)
        {
            return 1;
        }
    }

    /// <summary>Orientations 5 to 8 lie on their side: width and height change places.</summary>
    public static bool SwapsSides(int orientation) => orientation is >= 5 and <= 8;

    /// <summary>A new image, or the same where there is nothing to turn (1, and values that EXIF does not know).</summary>
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
