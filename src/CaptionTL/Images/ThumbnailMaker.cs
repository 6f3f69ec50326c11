namespace CaptionTL.Images;

/// <summary>Small versions of pictures for reports and pages. Safe for many threads at once.</summary>
public sealed class ThumbnailMaker(int maxSide = 160, ImageLimits? limits = null)
{
    /// <summary>A JPEG in the picture's proportions whose longer side has <c>maxSide</c> pixels; a smaller picture keeps its size.</summary>
    /// <param name="bytes">A picture file's content.</param>
    /// <exception cref="ImageException">The picture cannot be used; the message says why.</exception>
    public (byte[] Jpeg, PixelSize Size) Make(ReadOnlyMemory<byte> bytes)
    {
        var image = ImageDecoder.Decode(bytes, limits);
        var scale = Math.Min(1, maxSide / (double)Math.Max(image.Width, image.Height));
        var size = new PixelSize(Side(image.Width), Side(image.Height));
        if (scale < 1) image = Resampler.Resize(image, new PixelBox(0, 0, image.Width, image.Height), size, new PixelBox(0, 0, size.Width, size.Height), Interpolation.Bicubic);
        return (JpegWriter.Write(image), size);

        // A very long picture still has a row of pixels.
        int Side(int length) => Math.Max(1, (int)Math.Round(length * scale));
    }
}
