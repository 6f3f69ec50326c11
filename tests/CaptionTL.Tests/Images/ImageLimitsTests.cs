using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class ImageLimitsTests
{
    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public void Decode_AnimationOfThreeFrames_AsManyAsTheLimitAllows(int mostPages, bool read)
    {
        const int header = 19; // signature, screen, two colours
        var one = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");
        byte[] animation = [.. one[..header], .. Enumerable.Repeat(one[header..^1], 3).SelectMany(frame => frame), one[^1]];
        var limits = new ImageLimits { MaxPages = mostPages };

        ImageDecoder.ReadHeader(animation).Pages.ShouldBe(3);
        if (read) ImageDecoder.Decode(animation, limits).Width.ShouldBe(1);
        else Should.Throw<ImageException>(() => ImageDecoder.Decode(animation, limits)).Problem.ShouldBe(ImageProblem.TooLarge);
    }
}
