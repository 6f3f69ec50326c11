using CaptionTL.Service.Serving;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Tests.Serving;

public sealed class AnswerCacheTests
{
    [Fact]
    public void Keep_MoreAnswersThanAllowed_HoldsNoMoreThanThese()
    {
        using var cache = Cache(answers: 10, bytes: 1 << 20);

        for (var i = 0; i < 50; i++) cache.Keep(i, Answer(cells: 0));

        cache.Count.ShouldBeInRange(1, 10);
        cache.TryGet<CaptionResult>(0, out var kept).ShouldBeTrue();
        kept.Text.ShouldBe("A dog.");
    }

    [Fact]
    public void Keep_AnswersWithAttention_HoldsNoMoreThanTheBytes()
    {
        const int Most = 1 << 20;
        using var cache = Cache(answers: 100_000, bytes: Most);
        var large = Answer(cells: 10_000); // 2 words: 80 KB of weights

        for (var i = 0; i < 50; i++) cache.Keep(i, large);

        AnswerCache.Bytes(large).ShouldBeInRange(80_000, 90_000);
        cache.Count.ShouldBeInRange(1, Most / 80_000);
    }

    [Fact]
    public void Keep_WhereNoneAreAllowed_HoldsNone()
    {
        using var cache = Cache(answers: 0, bytes: 1 << 20);

        cache.Keep(1, Answer(cells: 0));

        cache.TryGet<CaptionResult>(1, out _).ShouldBeFalse();
    }

    private static AnswerCache Cache(int answers, long bytes) =>
        new(Options.Create(new ServingOptions { CachedAnswers = answers, CachedAnswerBytes = bytes }));

    private static CaptionResult Answer(int cells) =>
        new([new Caption("A dog.", ["a", "dog"], [0.5, 0.5], -1, -1, cells == 0 ? null : [new float[cells], new float[cells]])]);
}
