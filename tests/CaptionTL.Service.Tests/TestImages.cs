using CaptionTL.Images;

namespace CaptionTL.Service.Tests;

/// <summary>Images made up from a number: the same number gives the same bytes.</summary>
internal static class TestImages
{
    public static byte[] Jpeg(int seed, int width = 64, int height = 48) => JpegWriter.Write(Rgb(seed, width, height));

    private static RgbImage Rgb(int seed, int width, int height)
    {
        // Blocks of colour, so that a network tells them apart.
        var random = new Random(seed);
        var colours = Enumerable.Range(0, 16).Select(_ => (R: random.Next(256), G: random.Next(256), B: random.Next(256))).ToArray();
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var (r, g, b) = colours[(y * 4 / height * 4) + (x * 4 / width)];
            var at = ((y * width) + x) * 3;
            (pixels[at], pixels[at + 1], pixels[at + 2]) = ((byte)r, (byte)g, (byte)b);
        }
        return new RgbImage(width, height, pixels);
    }
}
