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
                $"the {format} image is of a kind that is not read ({Reason(e)}); save it again as PNG or JPEG", e);
        }
        catch (OutOfMemoryException e)
        {
            throw new ImageException(ImageProblem.TooLarge,
                $"the {format} image does not fit into the memory that is free; make it smaller, or decode fewer at a time", e);
        }
        // Damaged files make ImageSharp throw more than its own exceptions: indices out of range, its allocator's limit.
        catch (Exception e) when (e is not CaptionTLException)
        {
            throw new ImageException(ImageProblem.Corrupt, string.Create(CultureInfo.InvariantCulture,
                $"the {format} image of {bytes.Length:N0} bytes is damaged or cut off ({Reason(e)})"), e);
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

/// <summary>
/// How ImageSharp is used here: one thread an image, since whole batches are decoded side by side; few buffers kept between images; and
/// no buffer larger than an image of the size in its header can need, so that a file that got past its header's checks still cannot
/// ask for gigabytes.
/// </summary>
internal static class ImageSharpSetup
{
    /// <summary>Most photos of phones; beyond them a buffer is given back to the system at once.</summary>
    private const long OrdinaryPixels = 1 << 24;

    /// <summary>Four channels of 16 bits, the widest that is decoded.</summary>
    private const int BytesPerPixel = 8;

    private const int Megabyte = 1 << 20, SpareMegabytes = 16, PooledMegabytes = 64;

    private static readonly Configuration Ordinary = Create(OrdinaryPixels * BytesPerPixel / Megabyte, PooledMegabytes);
    private static readonly Configuration Large = Create((Array.MaxLength / 3L) * BytesPerPixel / Megabyte, 0);

    /// <param name="pixels">Width × height of the image.</param>
    public static Configuration For(long pixels) => pixels <= OrdinaryPixels ? Ordinary : Large;

    private static Configuration Create(long limitMegabytes, int pooledMegabytes) => new()
    {
        MaxDegreeOfParallelism = 1,
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions
        {
            MaximumPoolSizeMegabytes = pooledMegabytes, AllocationLimitMegabytes = (int)limitMegabytes + SpareMegabytes,
        }),
    };
}

/// <summary>An image that cannot be used. The message says "the image"; callers that know its file name put it in front.</summary>
public sealed class ImageException : CaptionTLException
{
    public ImageException(ImageProblem problem, string message, Exception? inner = null) : base(message, isInput: true, inner) =>
        Problem = problem;

    public ImageProblem Problem { get; }
}

/// <summary>Why an image could not be used, for programs; the message says it to people.</summary>
public enum ImageProblem
{
    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>The content is not an image, or in an image format that is not read.</summary>
    UnknownFormat,

    /// <summary>A known format in a variant that is not read.</summary>
    UnsupportedVariant,

    /// <summary>More bytes, pixels, columns, rows or frames than <see cref="ImageLimits"/> allows.</summary>
    TooLarge,

    /// <summary>Cut off or damaged.</summary>
    Corrupt,
}

/// <summary>Eight-bit sRGB pixels, row by row: <c>Pixels[(y * Width + x) * 3 + channel]</c>.</summary>
public sealed class RgbImage
{
    /// <exception cref="ArgumentException">The buffer does not hold width × height × 3 bytes.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width < 1 || height < 1 || pixels.LongLength != 3L * width * height)
            throw new ArgumentException($"{width} × {height} pixels need {3L * width * height} bytes, got {pixels.LongLength}");
        (Width, Height, Pixels) = (width, height, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }
}

/// <summary>Columns and rows.</summary>
public readonly record struct PixelSize(int Width, int Height);

/// <summary>A rectangle of whole pixels: <paramref name="Left"/> and <paramref name="Top"/> count from 0.</summary>
public readonly record struct PixelBox(int Left, int Top, int Width, int Height);
