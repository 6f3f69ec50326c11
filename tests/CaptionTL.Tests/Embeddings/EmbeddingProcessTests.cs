using CaptionTL.Embeddings;
using CaptionTL.Tests.Child;

namespace CaptionTL.Tests.Embeddings;

public sealed class EmbeddingProcessTests : IDisposable
{
    private const int Images = 600, Views = 2;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string CacheFolder => _folder.File("cache");

    private string ImageFolder => _folder.File("images");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Build_KilledTwentyTimes_GoesOnAndEndsLikeAnUninterruptedRun()
    {
        RawImages.Write(ImageFolder, Images);
        var random = new Random(4);
        var before = 0;
        for (var round = 0; round < 20; round++)
        {
            using var child = Start();
            child.WaitUntilItGoes();
            var shards = Shards();
            child.WaitForBatches(random.Next(0, 20));
            // the second is begun when the first is committed, however slow the disk is
            if (round % 4 == 3) child.WaitUntil(() => Shards() > shards + 1);
            Thread.Sleep(random.Next(0, 20)); // in the middle of writing as well as between two shards
            child.Kill();
            using var killed = EmbeddingCache.Open(CacheFolder);
            killed.Verify(false, null, Token).ShouldBeEmpty($"round {round}");
            var kept = killed.List().Sum(e => e.Embeddings);
            kept.ShouldBeGreaterThanOrEqualTo(before);
            before = kept;
        }
        before.ShouldBeGreaterThan(0, "what killed runs computed is used");
        using (var last = Start()) last.Finish().ShouldContain($"encoded {Images * Views - before} skipped 0");
        ShouldEqualAnUninterruptedRun();
    }

    [Fact]
    public void Build_TwoProcessesAtOnce_EndWithOneConsistentCache()
    {
        RawImages.Write(ImageFolder, Images);
        using (var first = Start())
        using (var second = Start())
        {
            first.Finish();
            second.Finish();
        }
        ShouldEqualAnUninterruptedRun();
        using var third = Start();
        third.Finish().ShouldContain("encoded 0 skipped 0");
    }

    [Fact]
    public void Prune_WhileAnotherProcessEmbeds_LeavesAConsistentCache()
    {
        RawImages.Write(ImageFolder, Images);
        using var cache = EmbeddingCache.Open(CacheFolder);
        using (var child = Start())
        {
            child.WaitUntilItGoes();
            for (var i = 0; i < 20; i++)
            {
                child.WaitForBatches(5);
                cache.Prune(new EmbeddingPruneOptions { All = true });
            }
            child.Finish();
        }
        cache.Verify(false, null, Token).ShouldBeEmpty();
        using (var again = Start()) again.Finish();
        ShouldEqualAnUninterruptedRun();
    }

    private int Shards() =>
        Directory.Exists(CacheFolder) ? Directory.EnumerateFiles(CacheFolder, "*.safetensors", SearchOption.AllDirectories).Count() : 0;

    private ChildProcess Start() => new("embed", CacheFolder, ImageFolder, $"{Views}");

    private void ShouldEqualAnUninterruptedRun()
    {
        using var cache = EmbeddingCache.Open(CacheFolder);
        cache.Verify(false, null, Token).ShouldBeEmpty();
        var entry = cache.List().ShouldHaveSingleItem();
        entry.Images.ShouldBe(Images);
        entry.Embeddings.ShouldBe(Images * Views);
        cache.RemoveOrphans();
        Directory.GetFiles(cache.ShardFolder).Length.ShouldBe(entry.Shards);

        using var other = EmbeddingCache.Open(_folder.File("uninterrupted"));
        var encoder = new PixelEncoder();
        var result = new EmbeddingBuilder(other, encoder, RawImages.Open).Build(RawImages.Items(ImageFolder), Views, null, Token);
        var keys = Enumerable.Range(0, Images)
            .SelectMany(i => Enumerable.Range(0, Views).Select(view => result.Key(i, encoder, view))).ToList();
        using var expected = other.Load(keys);
        using var actual = cache.Load(keys);
        for (var i = 0; i < keys.Count; i++) actual[i].SequenceEqual(expected[i]).ShouldBeTrue($"row {i}");
    }
}
