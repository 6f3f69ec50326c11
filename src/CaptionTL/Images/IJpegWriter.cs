namespace CaptionTL.Images;

/// <summary>Pixels to a JPEG file's bytes. Implementations are safe for many threads at once.</summary>
public interface IJpegWriter
{
    /// <param name="image">Eight-bit sRGB.</param>
    /// <param name="quality">1 to 100 as the JPEG library counts it.</param>
    /// <exception cref="CaptionTLException">The engine cannot write it.</exception>
    byte[] Write(RgbImage image, int quality = 85);
}
