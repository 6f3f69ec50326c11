using System.IO.Compression;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Tests.Child;

namespace CaptionTL.Tests.Embeddings;

public sealed class EmbeddingBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddingCache _cache;
    private readonly PixelEncoder _encoder = new();

    public EmbeddingBuilderTests()
    {
        _cache = EmbeddingCache.Open(_folder.File("cache"));
        RawImages.Write(_folder.File("images"), 20);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private List<EmbeddingItem> Items => RawImages.Items(_folder.File("images"));

    public void Dispose()
    {
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Build_TwoViews_HoldsWhatTheEncoderGivesForEveryImageAndView()
    {
        var result = Build(Items, views: 2);
        result.Encoded.ShouldBe(40);
        result.Skipped.ShouldBeEmpty();
        _encoder.Count.ShouldBe(48); // three batches of 16, the last one filled up
        for (var i = 0; i < 20; i++)
        {
            for (var view = 0; view < 2; view++)
            {
                using var table = _cache.Load([result.Key(i, _encoder, view)]);
                table[0].ToArray().ShouldBe(Expected(RawImages.Create(i), view));
            }
        }
    }

    [Fact]
    public void Build_Again_ComputesNothing()
    {
        var first = Build(Items);
        Build(Items).Contents.ShouldBe(first.Contents);
        _encoder.Count.ShouldBe(32);
    }

    [Fact]
    public void Build_UnchangedFiles_AreNotReadAgain()
    {
        // Files that were not changed a moment ago, which a test's own files always are.
        var items = Directory.GetFiles(Repository.Samples).Order()
            .Select(path => new EmbeddingItem(path, new ImageSource(path))).ToList();
        var builder = new EmbeddingBuilder(_cache, _encoder, bytes => RawImages.Open(RawImages.Create(bytes.Length)));
        var first = builder.Build(items, 1, null, Token);
        first.Contents.ShouldBe(items.Select(item => (ContentHash?)ContentHash.Of(File.ReadAllBytes(item.Id))));
        var stamp = CaptionTL.IO.FileStamp.Of(items[0].Id)!.Value;
        _cache.Index.Recall(items[0].Id, stamp).ShouldBe(first.Contents[0]);
        _cache.Index.Remember([(items[0].Id, stamp, first.Contents[1]!.Value)]);
        builder.Build(items, 1, null, Token).Contents[0].ShouldBe(first.Contents[1], "what is remembered is believed");
        _cache.Index.Remember([(items[0].Id, stamp with { Size = 1 }, first.Contents[1]!.Value)]);
        builder.Build(items, 1, null, Token).Contents[0].ShouldBe(first.Contents[0], "but not of another stamp");
    }

    [Fact]
    public void Build_MoreImagesAndViews_ComputesOnlyThose()
    {
        Build(Items);
        File.WriteAllBytes(Path.Combine(_folder.Path, "images", "99999.rgb"), RawImages.Create(99999));
        Build(Items).Encoded.ShouldBe(1);
        Build(Items, views: 3).Encoded.ShouldBe(42);
        Build(Items, views: 2).Encoded.ShouldBe(0);
    }

    [Fact]
    public void Build_ChangedImage_IsComputedAgain()
    {
        Build(Items);
        File.WriteAllBytes(Items[3].Source.Path, RawImages.Create(777)); // equal size
        var result = Build(Items);
        result.Encoded.ShouldBe(1);
        using var table = _cache.Load([result.Key(3, _encoder)]);
        table[0].ToArray().ShouldBe(Expected(RawImages.Create(777), 0));
    }

    [Fact]
    public void Build_EqualImages_AreComputedOnce()
    {
        foreach (var item in Items) File.Copy(item.Source.Path, item.Source.Path + ".copy");
        var result = Build(Items);
        result.Contents.Count.ShouldBe(40);
        result.Encoded.ShouldBe(20);
        result.Contents.Distinct().Count().ShouldBe(20);
        _cache.List()[0].Embeddings.ShouldBe(20);
    }

    [Fact]
    public void Build_ZipOfTheSameImages_FindsThemInTheCache()
    {
        Build(Items);
        var zip = _folder.File("images.zip");
        ZipFile.CreateFromDirectory(_folder.File("images"), zip);
        var items = Items.Select(item => new EmbeddingItem(item.Id, new ImageSource(zip, item.Id)))
            .Append(new EmbeddingItem("none", new ImageSource(zip, "none"))).ToList();
        var result = Build(items);
        result.Encoded.ShouldBe(0);
        result.Skipped.ShouldHaveSingleItem().Reason.ShouldContain("no such entry");
        result.Contents.Take(20).ShouldAllBe(c => c != null);
    }

    [Fact]
    public void Build_BrokenMissingAndHugeImages_AreReportedAndTheRestIsEmbedded()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "images", "00004.rgb"), "no image");
        File.WriteAllText(Path.Combine(_folder.Path, "images", "00007.rgb"), "no image");
        File.WriteAllBytes(Path.Combine(_folder.Path, "images", "00009.rgb"), new byte[10_000]);
        var items = Items;
        items.Add(new EmbeddingItem("gone", new ImageSource(_folder.File("gone.rgb"))));
        var result = new EmbeddingBuilder(_cache, _encoder, RawImages.Open, new EmbeddingBuildOptions { MaxImageBytes = 5000 })
            .Build(items, 2, null, Token);
        result.Skipped.Select(s => s.Id).ShouldBe(["00004.rgb", "00007.rgb", "00009.rgb", "gone"]);
        result.Skipped.ShouldAllBe(s => s.Reason.Length > 0);
        result.Encoded.ShouldBe(34);
        Enumerable.Range(0, 21).Where(i => result.Contents[i] is null).ShouldBe([4, 7, 9, 20]);
        Should.Throw<InvalidOperationException>(() => result.Key(4, _encoder));
        Build(items, 2).Skipped.Count.ShouldBe(4);
    }

    [Fact]
    public void Build_Cancelled_KeepsTheBatchesThatWereComputed()
    {
        using var cancel = new CancellationTokenSource();
        var options = new EmbeddingBuildOptions { BatchSize = 4 };
        Should.Throw<OperationCanceledException>(() => new EmbeddingBuilder(_cache, _encoder, RawImages.Open, options)
            .Build(Items, 1, new Callback(p => { if (p.Done >= 8) cancel.Cancel(); }), cancel.Token));
        _cache.List().Sum(e => e.Embeddings).ShouldBe(8);
        Build(Items).Encoded.ShouldBe(12);
    }

    [Fact]
    public void Build_EncoderThatFails_KeepsWhatWasComputedAndThrowsItsError()
    {
        var failing = new FailingEncoder(_encoder, 3);
        Should.Throw<InvalidOperationException>(() =>
            new EmbeddingBuilder(_cache, failing, RawImages.Open, new EmbeddingBuildOptions { BatchSize = 4 })
                .Build(Items, 1, null, Token))
            .Message.ShouldBe("the third batch");
        _cache.List().Sum(e => e.Embeddings).ShouldBe(8);
    }

    [Fact]
    public void Build_PreparationWithABug_ThrowsIt() =>
        Should.Throw<NotSupportedException>(
            () => new EmbeddingBuilder(_cache, _encoder, _ => throw new NotSupportedException("bug")).Build(Items, 1, null, Token))
            .Message.ShouldBe("bug");

    [Fact]
    public void Build_Progress_CountsUpToTheTotal()
    {
        var seen = new List<EmbeddingProgress>();
        new EmbeddingBuilder(_cache, _encoder, RawImages.Open, new EmbeddingBuildOptions { BatchSize = 8 })
            .Build(Items, 2, new Callback(seen.Add), Token);
        seen.Select(p => p.Done).ShouldBe([8, 16, 24, 32, 40]);
        seen[^1].Total.ShouldBe(40);
        seen[^1].Remaining.ShouldBe(TimeSpan.Zero);
        seen.ShouldAllBe(p => p.PerSecond > 0);
    }

    [Fact]
    public void Build_OtherEncoder_HasItsOwnEmbeddings()
    {
        Build(Items);
        var other = new PixelEncoder(seed: 2);
        new EmbeddingBuilder(_cache, other, RawImages.Open).Build(Items, 1, null, Token).Encoded.ShouldBe(20);
        _cache.List().Count.ShouldBe(2);
    }

    [Fact]
    public void Build_Nothing_IsDone() => Build([]).Contents.ShouldBeEmpty();

    private EmbeddingBuildResult Build(List<EmbeddingItem> items, int views = 1) =>
        new EmbeddingBuilder(_cache, _encoder, RawImages.Open).Build(items, views, null, Token);

    private static Half[] Expected(byte[] bytes, int view)
    {
        var encoder = new PixelEncoder();
        var values = new Half[encoder.Cells * encoder.Channels];
        encoder.Encode([RawImages.Prepare(bytes, view)], values);
        return values;
    }

    private sealed class Callback(Action<EmbeddingProgress> action) : IProgress<EmbeddingProgress>
    {
        public void Report(EmbeddingProgress value) => action(value);
    }

    /// <summary>The real encoder, until its n-th batch.</summary>
    private sealed class FailingEncoder(PixelEncoder inner, int batches) : IImageEncoder
    {
        private int _batch;

        public string Fingerprint => inner.Fingerprint;

        public Preprocessing Preprocessing => inner.Preprocessing;

        public int Cells => inner.Cells;

        public int Channels => inner.Channels;

        public void Encode(IReadOnlyList<RgbImage> images, Span<Half> destination)
        {
            if (++_batch == batches) throw new InvalidOperationException("the third batch");
            inner.Encode(images, destination);
        }
    }
}
