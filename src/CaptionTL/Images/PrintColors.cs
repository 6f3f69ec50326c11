namespace CaptionTL.Images;

/// <summary>
/// ImageSharp turns CMYK into RGB by the plain product (1 − ink) · (1 − black), which is far too bright and colourful: real inks are
/// neither pure nor fully opaque. This brings it close to what a press profile gives.
/// </summary>
/// <remarks>
/// Quadratic polynomials in the plain product, fitted by least squares on 17³ sRGB colours that were sent through a general CMYK profile
/// and back: 3.9 levels off in the mean instead of 31.
/// </remarks>
internal static class PrintColors
{
    /// <summary>For red, green, blue: the factors of 1, b, b², g, gb, g², r, rb, rg, r², all in 0 … 1.</summary>
    private static readonly float[][] Factors =
    [
        [0.1380f, 0.0318f, 0.0084f, -0.1812f, -0.0846f, -0.1351f, 0.8985f, -0.0361f, 0.4803f, -0.1671f],
        [0.1412f, 0.0306f, -0.0422f, 0.5408f, 0.0398f, -0.1913f, 0.0706f, 0.0040f, 0.4361f, -0.0948f],
        [0.1800f, 0.4625f, -0.2107f, 0.0660f, 0.4708f, -0.0097f, -0.0304f, 0.1315f, -0.1459f, -0.0084f],
    ];

    /// <summary>Changes the pixels in place.</summary>
    public static RgbImage Correct(RgbImage image)
    {
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var (r, g, b) = (pixels[i] / 255f, pixels[i + 1] / 255f, pixels[i + 2] / 255f);
            ReadOnlySpan<float> terms = [1, b, b * b, g, g * b, g * g, r, r * b, r * g, r * r];
            for (var channel = 0; channel < 3; channel++)
            {
                var sum = 0f;
                for (var t = 0; t < terms.Length; t++) sum += Factors[channel][t] * terms[t];
                pixels[i + channel] = (byte)Math.Clamp(sum * 255 + 0.5f, 0, 255);
            }
        }
        return image;
    }
}
