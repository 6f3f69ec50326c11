using System.Globalization;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>
/// SixLabors.ImageSharp, given one decoder chosen by content. Bitmaps are read by <see cref="BmpReader"/>, as with the other engine.
/// ImageSharp is lenient with what ends early: <see cref="PictureEnd"/> and <see cref="TiffDirectory"/> look for it first.
/// </summary>
public sealed class ImageSharpImageDecoder : IImageDecoder
{
    /// <inheritdoc/>
    public ImageHeader ReadHeader(ReadOnlyMemory<byte> bytes)
    {
        var format = ImageFormatDetector.Detect(bytes.Span);
        if (format == ImageFormat.Bmp)
        {
            var bmp = BmpReader.ReadHeader(bytes.Span);
            return new ImageHeader(format, bmp.Width, bmp.Height, Pages: 1, Orientation: 1);
        }
        return Guarded(bytes, format, () => Header(bytes, format, Identify(bytes, format)));
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
        var info = Identify(bytes, format);
        var header = Header(bytes, format, info);
        limits.Check(header);
        if (!PictureEnd.IsThere(bytes.Span, format)) throw new InvalidImageContentException("it ends before its end marker");
        using var stream = Open(bytes);
        return ExifOrientation.Upright(format switch
        {
            ImageFormat.Jpeg => Jpeg(stream, info),
            ImageFormat.Tiff => Tiff(stream, bytes.Length),
            ImageFormat.Png when info.Metadata.GetPngMetadata().BitDepth == PngBitDepth.Bit16 => Deep(stream, format),
            _ => Shallow(stream, format),
        }, header.Orientation);
    }

    private static RgbImage Jpeg(Stream stream, IImageInfo info)
    {
        using var image = ImageSharpSettings.For(ImageFormat.Jpeg).Decode<Rgb24>(ImageSharpSettings.Configuration, stream, default);
        var rgb = ImageSharpPixels.ToRgb(image);
        return info.Metadata.GetJpegMetadata().ColorType is JpegColorType.Cmyk ? PrintColors.Correct(rgb) : rgb;
    }

    private static RgbImage Tiff(Stream stream, int fileBytes)
    {
        using var image = ImageSharpSettings.For(ImageFormat.Tiff).Decode<Rgba64>(ImageSharpSettings.Configuration, stream, default);
        var page = image.Frames.RootFrame.Metadata;
        if (page.ExifProfile is not { } tags || !TiffDirectory.LiesWithin(tags, fileBytes)) throw new InvalidImageContentException("its strips or tiles do not lie within the file");
        var kind = page.GetTiffMetadata();
        var bits = kind.BitsPerSample?.Channel0 ?? 1;
        if (!TiffDirectory.HasUnsignedIntegers(tags) || bits > 16)
        {
            throw new ImageException(ImageProblem.UnsupportedVariant,
                "the picture's pixels are neither grey, RGB nor CMYK of up to 16 bits a channel (floating point, Lab and scientific data are not read); save it again as PNG or JPEG");
        }
        var rgb = ImageSharpPixels.ToRgb(image);
        return kind.PhotometricInterpretation == TiffPhotometricInterpretation.Separated ? PrintColors.Correct(rgb) : rgb;
    }

    private static RgbImage Shallow(Stream stream, ImageFormat format)
    {
        using var image = ImageSharpSettings.For(format).Decode<Rgba32>(ImageSharpSettings.Configuration, stream, default);
        return ImageSharpPixels.ToRgb(image);
    }

    private static RgbImage Deep(Stream stream, ImageFormat format)
    {
        using var image = ImageSharpSettings.For(format).Decode<Rgba64>(ImageSharpSettings.Configuration, stream, default);
        return ImageSharpPixels.ToRgb(image);
    }

    private static IImageInfo Identify(ReadOnlyMemory<byte> bytes, ImageFormat format)
    {
        using var stream = Open(bytes);
        return ((IImageInfoDetector)ImageSharpSettings.For(format)).Identify(ImageSharpSettings.Configuration, stream, default) ?? throw new InvalidImageContentException("it has no header");
    }

    private static ImageHeader Header(ReadOnlyMemory<byte> bytes, ImageFormat format, IImageInfo info)
    {
        if (info.Width < 1 || info.Height < 1) throw new InvalidImageContentException("it has no pixels");
        var exif = format == ImageFormat.WebP ? WebPExif.Read(bytes.Span) : info.Metadata.ExifProfile;
        var orientation = exif?.GetValue(ExifTag.Orientation) is { } value ? Math.Clamp((int)value.Value, 1, 8) : 1;
        var (width, height) = ExifOrientation.SwapsSides(orientation) ? (info.Height, info.Width) : (info.Width, info.Height);
        return new ImageHeader(format, width, height, 1, orientation);
    }

    /// <summary>The bytes themselves where they lie in an array, as they nearly always do.</summary>
    private static MemoryStream Open(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(bytes.ToArray());

    private static T Guarded<T>(ReadOnlyMemory<byte> bytes, ImageFormat format, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NotSupportedException e)
        {
            throw new ImageException(ImageProblem.UnsupportedVariant, $"the {format} picture is of a kind that is not read ({e.Message}); save it again as PNG or JPEG", e);
        }
        // Damaged files make ImageSharp throw more than its own exceptions: indices out of range, divisions by zero.
        catch (Exception e) when (e is not (CaptionTLException or OutOfMemoryException))
        {
            throw new ImageException(ImageProblem.Corrupt, string.Create(CultureInfo.InvariantCulture,
                $"the {format} picture of {bytes.Length:N0} bytes is damaged or cut off ({e.Message.TrimEnd('.')})"), e);
        }
    }
}
