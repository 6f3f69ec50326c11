using System.Security.Cryptography;
using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class ResamplerTests
{
    /// <summary>Image.resize of Pillow 9.4 on the same 7 × 5 pixels: SHA-256 of the result's bytes.</summary>
    [Theory]
    [InlineData(Interpolation.Bilinear, 3, 2, "9b16bf65f82b7d16")]
    [InlineData(Interpolation.Bilinear, 16, 9, "0a0ba97a1741c935")]
    [InlineData(Interpolation.Bilinear, 1, 1, "eabf5a5f467ac7b2")]
    [InlineData(Interpolation.Bicubic, 3, 2, "07e90b92537756c6")]
    [InlineData(Interpolation.Bicubic, 16, 9, "c8d63fa4c8b93c66")]
    [InlineData(Interpolation.Bicubic, 1, 1, "57307a651854e81b")]
    public void Resize_SmallImage_EqualsPillowBitForBit(Interpolation interpolation, int width, int height, string hash)
    {
        var resized = Resampler.Resize(TestImages.Formula(7, 5), new PixelBox(0, 0, 7, 5), new PixelSize(width, height),
            new PixelBox(0, 0, width, height), interpolation);
        Hash(resized).ShouldBe(hash);
    }

    [Fact]
    public void Resize_BicubicToThreeByTwo_GivesPillowsNumbers()
    {
        var resized = Resampler.Resize(TestImages.Formula(7, 5), new PixelBox(0, 0, 7, 5), new PixelSize(3, 2), new PixelBox(0, 0, 3, 2),
            Interpolation.Bicubic);
        resized.Pixels.Select(p => (int)p).ShouldBe([36, 111, 45, 120, 125, 117, 207, 138, 157, 62, 155, 90, 148, 125, 93, 196, 138, 68]);
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void Resize_PartOfTheResult_EqualsThatPartOfTheWhole(Interpolation interpolation)
    {
        var image = TestImages.Formula(61, 47);
        var all = new PixelBox(0, 0, 61, 47);
        var whole = Resampler.Resize(image, all, new PixelSize(40, 90), new PixelBox(0, 0, 40, 90), interpolation);
        var part = Resampler.Resize(image, all, new PixelSize(40, 90), new PixelBox(7, 13, 21, 33), interpolation);
        for (var y = 0; y < 33; y++)
        for (var x = 0; x < 21; x++)
            TestImages.Pixel(part, x, y).ShouldBe(TestImages.Pixel(whole, x + 7, y + 13));
    }

    [Fact]
    public void Resize_PartOfTheSource_EqualsResizingACopyOfThatPart()
    {
        var image = TestImages.Formula(61, 47);
        var copy = new byte[20 * 30 * 3];
        for (var y = 0; y < 30; y++) image.Pixels.AsSpan(((y + 9) * 61 + 33) * 3, 60).CopyTo(copy.AsSpan(y * 60));
        var fromBox = Resampler.Resize(image, new PixelBox(33, 9, 20, 30), new PixelSize(17, 17), new PixelBox(0, 0, 17, 17),
            Interpolation.Bicubic);
        var fromCopy = Resampler.Resize(new RgbImage(20, 30, copy), new PixelBox(0, 0, 20, 30), new PixelSize(17, 17),
            new PixelBox(0, 0, 17, 17), Interpolation.Bicubic);
        fromBox.Pixels.ShouldBe(fromCopy.Pixels);
    }

    internal static string Hash(RgbImage image) => Convert.ToHexStringLower(SHA256.HashData(image.Pixels))[..16];
}
