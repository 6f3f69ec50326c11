namespace CaptionTL.Images;

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
