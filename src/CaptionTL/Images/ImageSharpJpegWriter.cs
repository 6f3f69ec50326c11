using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>SixLabors.ImageSharp.</summary>
public sealed class ImageSharpJpegWriter : IJpegWriter
{
    /// <inheritdoc/>
    public byte[] Write(RgbImage image, int quality = 85)
    {
        ArgumentNullException.ThrowIfNull(image);
        try
        {
            using var pixels = Image.LoadPixelData<Rgb24>(ImageSharpSettings.Configuration, MemoryMarshal.Cast<byte, Rgb24>(image.Pixels), image.Width, image.Height);
            using var file = new MemoryStream();
            pixels.Save(file, new JpegEncoder { Quality = quality });
            return file.ToArray();
        }
        catch (Exception e) when (e is ImageFormatException or ImageProcessingException or InvalidMemoryOperationException or ArgumentException)
        {
            throw new CaptionTLException($"a picture of {image.Width} × {image.Height} pixels could not be written as JPEG: {e.Message}", isInput: false, e);
        }
    }
}
