using System.Globalization;

namespace CaptionTL.Images;

/// <summary>
/// The machine's libvips, given one loader chosen by content. Bitmaps, which libvips leaves to ImageMagick, are read by <see cref="BmpReader"/>.
/// A picture that ends early or has errors its format's library calls serious is refused; warnings (stray bytes between JPEG markers and
/// the like) are not.
/// </summary>
public sealed class VipsImageDecoder : IImageDecoder
{
    /// <summary>
    /// libvips gathers the errors of all threads in one buffer. Pictures are decoded side by side under the read lock; one that fails is
    /// decoded once more alone, so that the reason given is its own.
    /// </summary>
    private static readonly ReaderWriterLockSlim Turn = new();

    /// <inheritdoc/>
    public ImageHeader ReadHeader(ReadOnlyMemory<byte> bytes)
    {
        var format = ImageFormatDetector.Detect(bytes.Span);
        if (format == ImageFormat.Bmp)
        {
            var bmp = BmpReader.ReadHeader(bytes.Span);
            return new ImageHeader(format, bmp.Width, bmp.Height, Pages: 1, Orientation: 1);
        }
        return Guarded(bytes, format, () =>
        {
            using var loader = new VipsLoader(bytes, format);
            using var image = loader.Open();
            return Header(format, image);
        });
    }

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlyMemory<byte> bytes, ImageLimits? limits = null, PixelSize? atLeast = null)
    {
        limits ??= ImageLimits.Default;
        limits.CheckBytes(bytes.Length);
        var format = ImageFormatDetector.Detect(bytes.Span);
        if (format != ImageFormat.Bmp) return Guarded(bytes, format, () => Load(bytes, format, limits, atLeast));
        var bmp = BmpReader.ReadHeader(bytes.Span);
        limits.CheckSize(bmp.Width, bmp.Height);
        return BmpReader.Decode(bytes.Span);
    }

    private static RgbImage Load(ReadOnlyMemory<byte> bytes, ImageFormat format, ImageLimits limits, PixelSize? atLeast)
    {
        using var loader = new VipsLoader(bytes, format);
        var image = loader.Open();
        try
        {
            var header = Header(format, image);
            limits.Check(header);
            if (loader.FractionFor(header, atLeast) is { } fraction)
            {
                image.Dispose();
                image = loader.Open(fraction);
            }
            // Disposing twice does no harm where nothing had to be converted.
            using var rgb = VipsColor.ToSrgb(image);
            return ExifOrientation.Upright(new RgbImage(rgb.Width, rgb.Height, rgb.ToArray()), header.Orientation);
        }
        finally
        {
            image.Dispose();
        }
    }

    private static ImageHeader Header(ImageFormat format, VipsImage image)
    {
        var orientation = Math.Clamp(image.GetInt("orientation", 1), 1, 8);
        var (width, height) = ExifOrientation.SwapsSides(orientation) ? (image.Height, image.Width) : (image.Width, image.Height);
        return new ImageHeader(format, width, height, Math.Max(1, image.GetInt("n-pages", 1)), orientation);
    }

    private static T Guarded<T>(ReadOnlyMemory<byte> bytes, ImageFormat format, Func<T> read)
    {
        VipsLibrary.EnsureStarted();
        Turn.EnterReadLock();
        try
        {
            return read();
        }
        catch (VipsException)
        {
            // Once more below, alone.
        }
        finally
        {
            Turn.ExitReadLock();
        }
        Turn.EnterWriteLock();
        try
        {
            VipsNative.ClearErrorBuffer();
            return read();
        }
        catch (VipsException e)
        {
            throw new ImageException(ImageProblem.Corrupt, string.Create(CultureInfo.InvariantCulture,
                $"the {format} picture of {bytes.Length:N0} bytes is damaged or cut off ({VipsLibrary.TakeError()})"), e);
        }
        finally
        {
            Turn.ExitWriteLock();
        }
    }
}
