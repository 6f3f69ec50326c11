using CaptionTL.Service.Api;

namespace CaptionTL.Service.Tests.Api;

public sealed class DiscreetTextTests
{
    [Theory]
    [InlineData("/data/sets/bees: no known layout", "bees: no known layout")]
    [InlineData("it is not at '/var/lib/x/weights.pth'.", "it is not at 'weights.pth'.")]
    [InlineData(@"C:\models\a.bin is damaged", "a.bin is damaged")]
    [InlineData("see https://example.org/a/b for more", "see https://example.org/a/b for more")]
    [InlineData("gamma = 1 / (features · variance), captions and/or classes", "gamma = 1 / (features · variance), captions "
        + "and/or classes")]
    [InlineData("skipped left/003.bmp: damaged", "skipped left/003.bmp: damaged")]
    public void Text_ForPeopleElsewhere_HasNoFolders(string text, string expected) => DiscreetText.Of(text).ShouldBe(expected);
}
