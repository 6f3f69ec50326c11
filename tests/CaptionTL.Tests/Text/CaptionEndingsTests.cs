using CaptionTL.Text;

namespace CaptionTL.Tests.Text;

public sealed class CaptionEndingsTests
{
    [Fact]
    public void InnerWords_OfManyCaptions_AreThoseThatHardlyEverEndOne()
    {
        IReadOnlyList<IReadOnlyList<string>> captions =
        [
            .. Repeat(300, "a", "dog", "runs", "on", "the", "grass"),
            .. Repeat(300, "the", "large", "dog", "stands"),
            .. Repeat(1, "a", "image", "of", "the"), // somebody's mistake
            .. Repeat(49, "a", "yellow", "ball"), // "yellow" is too rare to tell
            [],
        ];
        CaptionEndings.InnerWords(captions).ShouldBe(["a", "dog", "large", "on", "runs", "the"]);
    }

    [Fact]
    public void InnerWords_OfFewCaptions_AreNone() => CaptionEndings.InnerWords([["a", "bee", "sits"], ["a", "bee", "flies"]])
        .ShouldBeEmpty();

    private static IEnumerable<string[]> Repeat(int times, params string[] caption) => Enumerable.Repeat(caption, times);
}
