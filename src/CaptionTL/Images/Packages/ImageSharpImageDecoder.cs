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
            ImageFormat.Jpeg => Jpeg(stream, info, DecodeFraction.OfJpeg(DecodeFraction.Needed(header, atLeast))),
            ImageFormat.Tiff => Tiff(stream, info.FrameMetadataCollection[0], bytes.Length),
            ImageFormat.Png when info.Metadata.GetPngMetadata().BitDepth == PngBitDepth.Bit16 => Deep(stream, format),
            _ => Shallow(stream, format),
        }, header.Orientation);
    }

    private static RgbImage Jpeg(Stream stream, ImageInfo info, double? fraction)
    {
        var options = new JpegDecoderOptions
        {
            ResizeMode = JpegDecoderResizeMode.IdctOnly,
            GeneralOptions = new DecoderOptions
            {
                Configuration = ImageSharpSettings.Configuration,
                SkipMetadata = true,
                TargetSize = fraction is { } part ? new Size((int)Math.Ceiling(info.Width * part), (int)Math.Ceiling(info.Height * part)) : null,
            },
        };
        using var image = JpegDecoder.Instance.Decode<Rgb24>(options, stream);
        var rgb = ImageSharpPixels.ToRgb(image);
        return info.Metadata.GetJpegMetadata().ColorType is JpegEncodingColor.Cmyk or JpegEncodingColor.Ycck ? PrintColors.Correct(rgb) : rgb;
    }

    private static RgbImage Tiff(Stream stream, ImageFrameMetadata page, int fileBytes)
    {
        if (page.ExifProfile is not { } tags || !TiffDirectory.LiesWithin(tags, fileBytes)) throw new InvalidImageContentException("its strips or tiles do not lie within the file");
        var kind = page.GetTiffMetadata();
        var bits = kind.BitsPerSample?.Channel0 ?? 1;
        if (!TiffDirectory.HasUnsignedIntegers(tags) || bits > 16)
        {
            throw new ImageException(ImageProblem.UnsupportedVariant,
                "the picture's pixels are neither grey, RGB nor CMYK of up to 16 bits a channel (floating point, Lab and scientific data are not read); save it again as PNG or JPEG");
        }
        var rgb = bits > 8 ? Deep(stream, ImageFormat.Tiff) : Shallow(stream, ImageFormat.Tiff);
        return kind.PhotometricInterpretation == TiffPhotometricInterpretation.Separated ? PrintColors.Correct(rgb) : rgb;
    }

    private static RgbImage Shallow(Stream stream, ImageFormat format)
    {
        using var image = ImageSharpSettings.For(format).Decode<Rgba32>(ImageSharpSettings.FirstFrame, stream);
        return ImageSharpPixels.ToRgb(image);
    }

    private static RgbImage Deep(Stream stream, ImageFormat format)
    {
        using var image = ImageSharpSettings.For(format).Decode<Rgba64>(ImageSharpSettings.FirstFrame, stream);
        return ImageSharpPixels.ToRgb(image);
    }

    private static ImageInfo Identify(ReadOnlyMemory<byte> bytes, ImageFormat format)
    {
        using var stream = Open(bytes);
        return ImageSharpSettings.For(format).Identify(ImageSharpSettings.Everything, stream);
    }

    private static ImageHeader Header(ReadOnlyMemory<byte> bytes, ImageFormat format, ImageInfo info)
    {
        if (info.Width < 1 || info.Height < 1) throw new InvalidImageContentException("it has no pixels");
        var exif = format switch
        {
            ImageFormat.WebP => WebPExif.Read(bytes.Span),
            ImageFormat.Tiff => info.FrameMetadataCollection[0].ExifProfile,
            _ => info.Metadata.ExifProfile,
        };
        var orientation = exif is not null && exif.TryGetValue(ExifTag.Orientation, out var value) ? Math.Clamp((int)value.Value, 1, 8) : 1;
        var (width, height) = ExifOrientation.SwapsSides(orientation) ? (info.Height, info.Width) : (info.Width, info.Height);
        return new ImageHeader(format, width, height, Math.Max(1, info.FrameMetadataCollection.Count), orientation);
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
