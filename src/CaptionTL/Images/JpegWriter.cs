using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>Pixels to a JPEG file's bytes. Safe for many threads at once.</summary>
public static class JpegWriter
{
    /// <param name="image">Eight-bit sRGB.</param>
    /// <param name="quality">1 to 100 as the JPEG library counts it.</param>
    /// <exception cref="CaptionTLException">JPEG cannot hold it: a side of more than 65,535 pixels.</exception>
    public static byte[] Write(RgbImage image, int quality = 85)
    {
        ArgumentNullException.ThrowIfNull(image);
        try
        {
            var configuration = ImageSharpSetup.For((long)image.Width * image.Height);
            var rgb = MemoryMarshal.Cast<byte, Rgb24>(image.Pixels);
            using var pixels = Image.LoadPixelData<Rgb24>(configuration, rgb, image.Width, image.Height);
            using var file = new MemoryStream();
            pixels.Save(file, new JpegEncoder { Quality = quality });
            return file.ToArray();
        }
        catch (Exception e) when (e is ImageFormatException or ImageProcessingException or InvalidMemoryOperationException
            or ArgumentException)
        {
            throw new CaptionTLException(
                $"an image of {image.Width} × {image.Height} pixels could not be written as JPEG: {e.Message}", isInput: false, e);
        }
    }
}

/// <summary>Small versions of images for reports and pages. Safe for many threads at once.</summary>
public sealed class ThumbnailMaker(int maxSide = 160, ImageLimits? limits = null)
{
    /// <summary>
    /// A JPEG in the image's proportions whose longer side has <c>maxSide</c> pixels; a smaller image keeps its size.
    /// </summary>
    /// <param name="bytes">An image file's content.</param>
    /// <exception cref="ImageException">The image cannot be used; the message says why.</exception>
    public (byte[] Jpeg, PixelSize Size) Make(ReadOnlyMemory<byte> bytes)
    {
        var image = ImageDecoder.Decode(bytes, limits);
        var scale = Math.Min(1, maxSide / (double)Math.Max(image.Width, image.Height));
        var size = new PixelSize(Side(image.Width), Side(image.Height));
        if (scale < 1)
            image = Resampler.Resize(image, new PixelBox(0, 0, image.Width, image.Height), size,
                new PixelBox(0, 0, size.Width, size.Height), Interpolation.Bicubic);
        return (JpegWriter.Write(image), size);

        // A very long image still has a row of pixels.
        int Side(int length) => Math.Max(1, (int)Math.Round(length * scale));
    }
}
