using System.Globalization;

namespace CaptionTL.Images;

/// <summary>The machine's libvips.</summary>
public sealed class VipsJpegWriter : IJpegWriter
{
    /// <inheritdoc/>
    public unsafe byte[] Write(RgbImage image, int quality = 85)
    {
        ArgumentNullException.ThrowIfNull(image);
        VipsLibrary.EnsureStarted();
        try
        {
            // The pixels are not copied: they stay pinned until the file is written.
            fixed (byte* pixels = image.Pixels)
            {
                using var memory = new VipsImage(VipsNative.FromMemory(pixels, (nuint)image.Pixels.Length, image.Width, image.Height, 3, VipsImage.UChar));
                if (memory.IsInvalid) throw new VipsException();
                // Pixels from memory are bands without a meaning until they are called sRGB.
                using var copy = new VipsOperation("copy");
                using var srgb = copy.Set("in", memory).Set("interpretation", "srgb").BuildImage();
                using var save = new VipsOperation("jpegsave_buffer");
                return save.Set("in", srgb).Set("Q", quality.ToString(CultureInfo.InvariantCulture)).Set("strip", "true").BuildBytes();
            }
        }
        catch (VipsException e)
        {
            throw new CaptionTLException($"a picture of {image.Width} × {image.Height} pixels could not be written as JPEG: {VipsLibrary.TakeError()}", isInput: false, e);
        }
    }
}
