using CaptionTL.Images;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Tests.Images;

public class ChromaUpsamplingTests
{
    [Theory]
    [InlineData(JpegColorType.YCbCrRatio420, 64, 48)]
    [InlineData(JpegColorType.YCbCrRatio420, 61, 47)]
    public void Smooth_ColoursStoredAtHalfTheSize_ComeCloserToTheOriginal(JpegColorType kind, int width, int height)
    {
        var original = Gradient(width, height);
        using var decoded = Image.Load<Rgb24>(Jpeg(original, kind));
        var repeated = PixelConversion.ToRgb(decoded).Pixels;
        var smoothed = (byte[])repeated.Clone();

        ChromaUpsampling.Smooth(smoothed, width, height, kind);

        Distance(smoothed, original.Pixels).ShouldBeLessThan(0.6 * Distance(repeated, original.Pixels));
        ImageDecoder.Decode(Jpeg(original, kind)).Pixels.ShouldBe(smoothed, "decoding does it");
    }

    [Fact]
    public void Smooth_ColoursStoredInFull_StayAsTheyAre()
    {
        var original = Gradient(32, 32);
        using var decoded = Image.Load<Rgb24>(Jpeg(original, JpegColorType.YCbCrRatio444));
        ImageDecoder.Decode(Jpeg(original, JpegColorType.YCbCrRatio444)).Pixels.ShouldBe(PixelConversion.ToRgb(decoded).Pixels);
    }

    [Fact]
    public void Smooth_OneColour_StaysThatColour()
    {
        foreach (var colour in new byte[][] { [200, 30, 90], [0, 0, 0], [255, 255, 255], [255, 0, 0], [1, 254, 128] })
        {
            var pixels = Enumerable.Repeat(colour, 8 * 6).SelectMany(c => c).ToArray();
            var before = (byte[])pixels.Clone();
            ChromaUpsampling.Smooth(pixels, 8, 6, JpegColorType.YCbCrRatio420);
            for (var i = 0; i < pixels.Length; i++) ((double)pixels[i]).ShouldBe(before[i], 1);
        }
    }

    // Colours that change from pixel to pixel, none of them cut off at 0 or 255.
    private static RgbImage Gradient(int width, int height) => new(width, height,
        [.. from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width)
            from v in new[] { 40 + x * 160 / width, 220 - x * 170 / width, 30 + y * 190 / height } select (byte)v]);

    private static byte[] Jpeg(RgbImage image, JpegColorType kind)
    {
        using var pixels = Image.LoadPixelData<Rgb24>(image.Pixels, image.Width, image.Height);
        using var file = new MemoryStream();
        pixels.SaveAsJpeg(file, new JpegEncoder { Quality = 100, ColorType = kind });
        return file.ToArray();
    }

    private static double Distance(byte[] a, byte[] b) => Math.Sqrt(a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Average());
}
