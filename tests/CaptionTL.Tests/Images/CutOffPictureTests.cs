using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

/// <summary>Photos that broke off on their way; with every system's engine.</summary>
public class CutOffPictureTests
{
    [Theory]
    [InlineData("rocket.jpg")]
    [InlineData("coffee.png")]
    public void Decode_SampleCutOff_IsAnError(string name)
    {
        var bytes = TestPictures.Sample(name);
        for (var tenths = 1; tenths < 10; tenths++)
        {
            var error = Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes.AsMemory(0, bytes.Length * tenths / 10)));
            error.Problem.ShouldBe(ImageProblem.Corrupt);
            error.Message.ShouldContain("damaged or cut off");
        }
    }
}
