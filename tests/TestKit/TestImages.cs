using CaptionTL.Images;

namespace CaptionTL.Tests;

/// <summary>Generated images, and those of datasets/samples.</summary>
internal static class TestImages
{
    /// <summary>A JPEG of sixteen blocks of colour, which a network tells apart; the same number gives the same bytes.</summary>
    public static byte[] Jpeg(int seed, int width = 64, int height = 48)
    {
        var random = new Random(seed);
        var colours = new byte[16 * 3];
        for (var i = 0; i < colours.Length; i++) colours[i] = (byte)random.Next(256);
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var block = (y * 4 / height * 4) + (x * 4 / width);
            colours.AsSpan(block * 3, 3).CopyTo(pixels.AsSpan((y * width + x) * 3));
        }
        return JpegWriter.Write(new RgbImage(width, height, pixels));
    }

    /// <summary>Smooth colours, different in every corner: what lossy formats keep to a few levels.</summary>
    public static RgbImage Gradient(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var i = (y * width + x) * 3;
            pixels[i] = (byte)(20 + 200 * x / width);
            pixels[i + 1] = (byte)(30 + 180 * y / height);
            pixels[i + 2] = (byte)(200 - 150 * x / width);
        }
        return new RgbImage(width, height, pixels);
    }

    /// <summary>The formula that the reference numbers of Pillow were computed with.</summary>
    public static RgbImage Formula(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var i = (y * width + x) * 3;
            pixels[i] = (byte)(x * 37 + y * 11);
            pixels[i + 1] = (byte)(x * 91 + y * 53);
            pixels[i + 2] = (byte)(x * x * 29 + y * 17);
        }
        return new RgbImage(width, height, pixels);
    }

    public static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(Repository.Samples, name));

    public static (byte R, byte G, byte B) Pixel(RgbImage image, int x, int y)
    {
        var i = (y * image.Width + x) * 3;
        return (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
    }

    public static void ShouldBeClose(RgbImage actual, RgbImage expected, double meanError, int maxError = 255)
    {
        (actual.Width, actual.Height).ShouldBe((expected.Width, expected.Height));
        var errors = actual.Pixels.Zip(expected.Pixels, (a, b) => Math.Abs(a - b)).ToArray();
        errors.Average().ShouldBeLessThanOrEqualTo(meanError);
        errors.Max().ShouldBeLessThanOrEqualTo(maxError);
    }
}
