using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class ThumbnailMakerTests
{
    [Theory]
    [InlineData(640, 427, 160, 107)]
    [InlineData(300, 900, 53, 160)]
    [InlineData(160, 90, 160, 90)]
    [InlineData(20, 10, 20, 10)]
    [InlineData(2000, 3, 160, 1)]
    public void Make_Image_KeepsItsProportions(int width, int height, int expectedWidth, int expectedHeight)
    {
        var (jpeg, size) = new ThumbnailMaker().Make(PngWriter.Rgb(TestImages.Gradient(width, height)));
        size.ShouldBe(new PixelSize(expectedWidth, expectedHeight));
        ImageFormatDetector.Detect(jpeg).ShouldBe(ImageFormat.Jpeg);
        var decoded = ImageDecoder.Decode(jpeg);
        (decoded.Width, decoded.Height).ShouldBe((expectedWidth, expectedHeight));
        if (expectedHeight > 1) TestImages.ShouldBeClose(decoded, TestImages.Gradient(expectedWidth, expectedHeight), meanError: 6);
    }

    [Fact]
    public void Make_NoImage_SaysWhy() =>
        Should.Throw<ImageException>(() => new ThumbnailMaker().Make("<html>"u8.ToArray())).Problem.ShouldBe(ImageProblem.UnknownFormat);

    [Fact]
    public void Write_Jpeg_KeepsThePixelsNearlyAndFollowsTheQuality()
    {
        var image = TestImages.Gradient(97, 61);
        var fine = JpegWriter.Write(image, quality: 95);
        TestImages.ShouldBeClose(ImageDecoder.Decode(fine), image, meanError: 2);
        JpegWriter.Write(image, quality: 20).Length.ShouldBeLessThan(fine.Length);
    }
}
