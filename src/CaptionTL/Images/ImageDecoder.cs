using System.Globalization;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;

namespace CaptionTL.Images;

/// <summary>
/// Bytes of an image file to upright eight-bit sRGB pixels. Safe for many threads at once.
/// </summary>
/// <remarks>
/// The containers (segments, chunks, directories) are read here, within the file's bounds and without allocating by what they say;
/// ImageSharp decodes what is in them, once the sizes are within the limits. Its own reading of headers is not used: it does not count
/// frames, and gathers metadata of whatever size a file claims.
/// </remarks>
public static class ImageDecoder
{
    /// <summary>Reads no further than the header where the format allows; the rest is walked through for frames and orientation.</summary>
    /// <exception cref="ImageException">Not an image, a format that is not read, or damaged before the size was known.</exception>
    public static ImageHeader ReadHeader(ReadOnlyMemory<byte> bytes)
    {
        var format = ImageFormatDetector.Detect(bytes.Span);
        return Guarded(bytes, format, () => Open(bytes, format).Header);
    }

    /// <summary>
    /// The first page, with EXIF orientation applied, alpha laid over white, and CMYK, grey and 16 bits a channel converted to
    /// eight-bit RGB (of 16 bits the upper eight, as Pillow takes them). Profiles are not applied, as the weights' own training did not.
    /// A damaged or cut-off image is an error, never half an image; a JPEG that lacks nothing but its end marker is read.
    /// </summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="limits">Checked before decoding; null means <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="ImageException">With the reason in <see cref="ImageException.Problem"/>.</exception>
    public static RgbImage Decode(ReadOnlyMemory<byte> bytes, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        limits.CheckBytes(bytes.Length);
        var format = ImageFormatDetector.Detect(bytes.Span);
        return Guarded(bytes, format, () =>
        {
            var file = Open(bytes, format);
            limits.Check(file.Header);
            return ExifOrientation.Upright(file.Decode(), file.Header.Orientation);
        });
    }

    private static IImageFile Open(ReadOnlyMemory<byte> bytes, ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => JpegFile.Open(bytes),
        ImageFormat.Png => PngFile.Open(bytes),
        ImageFormat.WebP => WebPFile.Open(bytes),
        ImageFormat.Gif => GifFile.Open(bytes),
        ImageFormat.Tiff => TiffFile.Open(bytes),
        _ => BmpFile.Open(bytes),
    };

    private static T Guarded<T>(ReadOnlyMemory<byte> bytes, ImageFormat format, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NotSupportedException e)
        {
            throw new ImageException(ImageProblem.UnsupportedVariant,
                $"the {format} picture is of a kind that is not read ({Reason(e)}); save it again as PNG or JPEG", e);
        }
        catch (OutOfMemoryException e)
        {
            throw new ImageException(ImageProblem.TooLarge,
                $"the {format} picture does not fit into the memory that is free; make it smaller, or decode fewer at a time", e);
        }
        // Damaged files make ImageSharp throw more than its own exceptions: indices out of range, its allocator's limit.
        catch (Exception e) when (e is not CaptionTLException)
        {
            throw new ImageException(ImageProblem.Corrupt, string.Create(CultureInfo.InvariantCulture,
                $"the {format} picture of {bytes.Length:N0} bytes is damaged or cut off ({Reason(e)})"), e);
        }
    }

    private static string Reason(Exception e) =>
        e is InvalidMemoryOperationException ? "its parts are larger than its header says" : e.Message.TrimEnd('.');
}

/// <summary>A file whose container has been read: its header is known, its pixels are not decoded yet.</summary>
internal interface IImageFile
{
    ImageHeader Header { get; }

    /// <summary>The pixels as they are stored, not yet turned upright.</summary>
    /// <exception cref="InvalidDataException">Damaged or cut off; so does whatever else is thrown, but for the next.</exception>
    /// <exception cref="NotSupportedException">A kind that is not read.</exception>
    RgbImage Decode();
}
