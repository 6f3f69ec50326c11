using System.Text;

namespace CaptionTL.Images;

/// <summary>
/// How large an image may be. Checked on the header, before decoding: a few bytes can promise gigabytes of pixels.
/// A decoded image takes 3 bytes a pixel (300 MB at the default limit) in every thread that decodes; while it is decoded, 3 to 8 more,
/// a progressive JPEG 12. A WebP without loss may have tables of up to 3 GB beside its pixels, however small it is.
/// </summary>
public sealed record ImageLimits
{
    public static ImageLimits Default { get; } = new();

    /// <summary>Bytes of the file.</summary>
    public long MaxBytes { get; init; } = 128L << 20;

    /// <summary>Width × height.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    public int MaxWidth { get; init; } = 32_768;

    public int MaxHeight { get; init; } = 32_768;

    /// <summary>
    /// Frames of an animation, pages of a document. Only the first is decoded, but the others are walked through to find out what there
    /// is.
    /// </summary>
    public int MaxPages { get; init; } = 1000;

    /// <exception cref="ImageException">Too many bytes (<see cref="ImageProblem.TooLarge"/>).</exception>
    public void CheckBytes(long bytes)
    {
        if (bytes > MaxBytes)
            throw new ImageException(ImageProblem.TooLarge,
                FormattableString.Invariant($"the image has {bytes:N0} bytes; at most {MaxBytes:N0} are read"));
    }

    /// <summary>An image's pixels live in one array, whatever <see cref="MaxPixels"/> says.</summary>
    private long Pixels => Math.Min(MaxPixels, Array.MaxLength / 3);

    /// <exception cref="ImageException">Too many pixels, columns, rows or pages (<see cref="ImageProblem.TooLarge"/>).</exception>
    public void Check(ImageHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        CheckSize(header.Width, header.Height);
        if (header.Pages > MaxPages)
            throw new ImageException(ImageProblem.TooLarge,
                FormattableString.Invariant($"the image has {header.Pages:N0} frames or pages; at most {MaxPages:N0} are taken"));
    }

    /// <exception cref="ImageException">Too many pixels, columns or rows (<see cref="ImageProblem.TooLarge"/>).</exception>
    public void CheckSize(int width, int height)
    {
        if (width > MaxWidth || height > MaxHeight || (long)width * height > Pixels)
            throw new ImageException(ImageProblem.TooLarge, FormattableString.Invariant(
                $"the image is {width} × {height} pixels; at most {MaxWidth} × {MaxHeight} and {Pixels:N0} in all are read"));
    }
}

/// <summary>The image formats that are read. Animated ones give their first frame, many-paged ones their first page.</summary>
public enum ImageFormat { Jpeg, Png, WebP, Gif, Bmp, Tiff }

/// <summary>What an image says of itself before its pixels are decoded.</summary>
/// <param name="Format">Judged by content, never by file name.</param>
/// <param name="Width">Pixels, of the upright image (first page, orientation applied).</param>
/// <param name="Height">Pixels, of the upright image.</param>
/// <param name="Pages">Frames or pages; only the first is decoded.</param>
/// <param name="Orientation">EXIF's tag 0x0112, 1 to 8; 1 where there is none.</param>
public sealed record ImageHeader(ImageFormat Format, int Width, int Height, int Pages, int Orientation)
{
    /// <summary>The size as it is stored, before the image is turned upright.</summary>
    internal PixelSize Stored => ExifOrientation.SwapsSides(Orientation) ? new PixelSize(Height, Width) : new PixelSize(Width, Height);

    /// <exception cref="InvalidDataException">There are no pixels.</exception>
    internal static ImageHeader Create(ImageFormat format, long storedWidth, long storedHeight, int pages, int orientation)
    {
        if (storedWidth is < 1 or > int.MaxValue || storedHeight is < 1 or > int.MaxValue)
            throw new InvalidDataException(FormattableString.Invariant($"its size is {storedWidth} × {storedHeight}"));
        var (width, height) = ExifOrientation.SwapsSides(orientation) ? (storedHeight, storedWidth) : (storedWidth, storedHeight);
        return new ImageHeader(format, (int)width, (int)height, pages, orientation);
    }
}

/// <summary>Tells an image's format by its first bytes; file names are not asked.</summary>
public static class ImageFormatDetector
{
    private const string WhatIsRead = "JPEG, PNG, WebP, GIF, BMP and TIFF are read";

    /// <exception cref="ImageException">No bytes, or the content is none of the formats that are read; the message says what it looks
    /// like.</exception>
    public static ImageFormat Detect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) throw new ImageException(ImageProblem.Empty, $"the image is empty (0 bytes); {WhatIsRead}");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return ImageFormat.Jpeg;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])) return ImageFormat.Png;
        if (bytes.StartsWith("RIFF"u8) && At(bytes, 8, "WEBP"u8)) return ImageFormat.WebP;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) return ImageFormat.Gif;
        if (IsTiff(bytes)) return ImageFormat.Tiff;
        // "BM" alone is too little to tell a bitmap from a text: its header's size is one of a few small numbers.
        if (bytes.StartsWith("BM"u8) && (bytes.Length < 18 || bytes[14] is 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124))
            return ImageFormat.Bmp;
        throw new ImageException(ImageProblem.UnknownFormat, $"the content looks like {Describe(bytes)}, not like an image that can be "
            + $"read; {WhatIsRead}");
    }

    /// <summary>II or MM, then 42 (TIFF) or 43 (BigTIFF) in that byte order.</summary>
    private static bool IsTiff(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4 && ((bytes.StartsWith("II"u8) && bytes[2] is 42 or 43 && bytes[3] == 0)
            || (bytes.StartsWith("MM"u8) && bytes[2] == 0 && bytes[3] is 42 or 43));

    private static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (At(bytes, 4, "ftyp"u8)) return DescribeIsoMedia(bytes);
        if (bytes.StartsWith("%PDF"u8)) return "a PDF document";
        if (bytes.StartsWith("PK\x03\x04"u8)) return "a zip archive";
        if (bytes.StartsWith("8BPS"u8)) return "a Photoshop document";
        if (bytes.StartsWith("RIFF"u8)) return "a RIFF file that is not WebP (sound or video)";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return "a gzip archive";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || At(bytes, 4, "JXL "u8)) return "a JPEG XL image";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]) || At(bytes, 4, "jP  "u8)) return "a JPEG 2000 image";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0])) return "a Windows icon";
        if (bytes.StartsWith("version https://git-lfs"u8)) return "a Git LFS pointer (fetch the real file with git lfs pull)";
        return DescribeText(bytes[..Math.Min(bytes.Length, 1024)]);
    }

    private static string DescribeIsoMedia(ReadOnlySpan<byte> bytes)
    {
        var brand = bytes.Length >= 12 ? Encoding.Latin1.GetString(bytes[8..12]) : "";
        if (brand is "avif" or "avis") return "an AVIF image";
        return brand is "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" or "mif1" or "msf1"
            ? "a HEIC image (save it as JPEG first)"
            : "a video (MP4 or QuickTime)";
    }

    private static string DescribeText(ReadOnlySpan<byte> start)
    {
        if (!start.ContainsAnyExcept((byte)0)) return "nothing but zero bytes";
        foreach (var b in start)
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C)) return "binary data of an unknown kind";
        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return "an HTML page (an error page saved in place of the image?)";
        if (text.Contains("<svg", StringComparison.OrdinalIgnoreCase)) return "an SVG drawing";
        if (text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)) return "an XML document";
        if (text.StartsWith('{') || text.StartsWith('[')) return "JSON text";
        return text.Contains('\uFFFD') ? "binary data of an unknown kind" : "text";
    }

    private static bool At(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<byte> magic) =>
        bytes.Length >= offset + magic.Length && bytes.Slice(offset, magic.Length).SequenceEqual(magic);
}
