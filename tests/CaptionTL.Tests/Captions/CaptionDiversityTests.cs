using CaptionTL.Captions;

namespace CaptionTL.Tests.Captions;

public class CaptionDiversityTests
{
    [Fact]
    public void Of_Captions_CountsDistinctOnesAndWords()
    {
        var diversity = CaptionDiversity.Of([["a", "dog"], ["a", "cat"], ["a", "dog"], []]);
        diversity.ShouldBe(new CaptionDiversity(4, 3, 3, "a dog", 2));
        diversity.DistinctShare.ShouldBe(0.75);
    }

    [Theory]
    [InlineData(1000, 49, true)]
    [InlineData(1000, 50, false)]
    [InlineData(49, 1, false)]
    [InlineData(0, 0, false)]
    public void IsCollapsed_FewDistinctCaptions_OnlyWithEnoughCaptions(int captions, int distinct, bool collapsed) =>
        CaptionDiversity.Of(Enumerable.Range(0, captions)
            .Select(i => new[] { $"w{i % Math.Max(1, distinct)}" })).IsCollapsed.ShouldBe(collapsed);
}
