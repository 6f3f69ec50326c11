namespace CaptionTL.Images;

/// <summary>
/// How large a picture may be. Checked on the header, before decoding: a few bytes can promise gigabytes of pixels.
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

    /// <summary>Frames of an animation, pages of a document. Only the first is decoded, but the others are walked through to find out what there is.</summary>
    public int MaxPages { get; init; } = 1000;

    /// <exception cref="ImageException">Too many bytes (<see cref="ImageProblem.TooLarge"/>).</exception>
    public void CheckBytes(long bytes)
    {
        if (bytes > MaxBytes)
            throw new ImageException(ImageProblem.TooLarge, FormattableString.Invariant($"the picture has {bytes:N0} bytes; at most {MaxBytes:N0} are read"));
    }

    /// <summary>A picture's pixels live in one array, whatever <see cref="MaxPixels"/> says.</summary>
    private long Pixels => Math.Min(MaxPixels, Array.MaxLength / 3);

    /// <exception cref="ImageException">Too many pixels, columns, rows or pages (<see cref="ImageProblem.TooLarge"/>).</exception>
    public void Check(ImageHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        CheckSize(header.Width, header.Height);
        if (header.Pages > MaxPages)
            throw new ImageException(ImageProblem.TooLarge, FormattableString.Invariant($"the picture has {header.Pages:N0} frames or pages; at most {MaxPages:N0} are taken"));
    }

    /// <exception cref="ImageException">Too many pixels, columns or rows (<see cref="ImageProblem.TooLarge"/>).</exception>
    public void CheckSize(int width, int height)
    {
        if (width > MaxWidth || height > MaxHeight || (long)width * height > Pixels)
            throw new ImageException(ImageProblem.TooLarge, FormattableString.Invariant(
                $"the picture is {width} × {height} pixels; at most {MaxWidth} × {MaxHeight} and {Pixels:N0} in all are read"));
    }
}
