using CaptionTL.Embeddings;
using CaptionTL.Tests.Child;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Embeddings;

public sealed class EmbeddingCacheTests : IDisposable
{
    private const string Encoder = "net;weights=00ff;cut=top";
    private const int Cells = 3, Channels = 5, Size = Cells * Channels;

    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddingCache _cache;

    public EmbeddingCacheTests() => _cache = EmbeddingCache.Open(_folder.File("cache"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Load_ManyShards_GivesEveryRowInTheOrderAsked()
    {
        Fill(0, 100, shardRows: 7);
        _cache.List().ShouldHaveSingleItem().Shards.ShouldBe(15);
        var order = Enumerable.Range(0, 100).ToArray();
        new Random(1).Shuffle(order);
        using var table = _cache.Load([.. order.Select(i => Key(i))]);
        (table.Count, table.Cells, table.Channels).ShouldBe((100, Cells, Channels));
        for (var i = 0; i < 100; i++) table[i].ToArray().ShouldBe(Values(order[i]));
        var rows = new[] { 99, 0, 42, 42 };
        var gathered = new Half[rows.Length * Size];
        table.Gather(rows, gathered);
        gathered.ShouldBe(rows.SelectMany(r => Values(order[r])));
        Should.Throw<ArgumentException>(() => table.Gather(rows, new Half[Size]));
        Should.Throw<IndexOutOfRangeException>(() => table[100].Length);
        table.Dispose();
        Should.Throw<ObjectDisposedException>(() => table[0].Length);
    }

    [Fact]
    public void Load_MissingEmbeddings_ThrowsSayingHowMany()
    {
        Fill(0, 3);
        Should.Throw<CaptionTLException>(() => _cache.Load([Key(0), Key(1), Key(7), Key(8)])).Message.ShouldStartWith("2 of 4 embeddings");
        _cache.Load([]).Count.ShouldBe(0);
    }

    [Fact]
    public void Missing_KnownAndUnknownKeys_GivesThePositionsOfTheUnknown()
    {
        Fill(0, 3);
        _cache.Missing([Key(9), Key(0), Key(1, view: 1), Key(2), new EmbeddingKey(Key(2).Content, ContentHash.OfText("other"), 0)])
            .ShouldBe([0, 2, 4]);
        _cache.Contains(Key(2)).ShouldBeTrue();
        _cache.Contains(Key(3)).ShouldBeFalse();
    }

    [Fact]
    public void Writer_BeforeFlush_NothingIsInTheCache()
    {
        using (var writer = _cache.CreateWriter(Encoder, Cells, Channels))
        {
            writer.Add(Key(0).Content, 0, Values(0));
            writer.Pending.ShouldBe(1);
            _cache.Contains(Key(0)).ShouldBeFalse();
            Should.Throw<ArgumentException>(() => writer.Add(Key(1).Content, 0, new Half[Size - 1]));
        }
        Directory.GetFiles(_cache.ShardFolder).ShouldBeEmpty();
    }

    [Fact]
    public void Writer_EmbeddingsThatAreThereAlready_LeavesNoSecondShard()
    {
        Fill(0, 5);
        Fill(0, 5);
        Directory.GetFiles(_cache.ShardFolder).Length.ShouldBe(1);
        Fill(3, 4); // two known, two new
        _cache.List()[0].Embeddings.ShouldBe(7);
        using var table = _cache.Load([Key(6), Key(4)]);
        table[0].ToArray().ShouldBe(Values(6));
        table[1].ToArray().ShouldBe(Values(4));
    }

    [Fact]
    public void Shard_ReadAsSafetensors_SaysWhatItsRowsAre()
    {
        Fill(0, 4);
        using var shard = SafetensorsFile.Open(Directory.GetFiles(_cache.ShardFolder).Single());
        shard.Metadata["fingerprint"].ShouldBe(Encoder);
        shard.Tensors["embeddings"].Shape.ShouldBe([4L, Cells, Channels]);
        shard.Tensors["embeddings"].DType.ShouldBe(TensorDType.F16);
        ContentHash.FromBytes(shard.Bytes("contents")[(2 * ContentHash.Size)..]).ShouldBe(Key(2).Content);
        shard.Tensors["views"].Shape.ShouldBe([4L]);
    }

    [Fact]
    public void Verify_FlippedBit_NamesTheFileAndRepairDropsIt()
    {
        Fill(0, 20, shardRows: 10);
        _cache.Verify(false, null, Token).ShouldBeEmpty();
        var damaged = Directory.GetFiles(_cache.ShardFolder).Order().First();
        var bytes = File.ReadAllBytes(damaged);
        bytes[^3] ^= 0x10;
        File.WriteAllBytes(damaged, bytes);
        var damage = _cache.Verify(false, null, Token).ShouldHaveSingleItem();
        (damage.File, damage.Embeddings, damage.Dropped).ShouldBe((damaged, 10, false));
        damage.Reason.ShouldContain("SHA-256");
        _cache.Verify(repair: true, null, Token).ShouldHaveSingleItem().Dropped.ShouldBeTrue();
        _cache.Verify(false, null, Token).ShouldBeEmpty();
        File.Exists(damaged).ShouldBeFalse();
        _cache.Missing([.. Enumerable.Range(0, 20).Select(i => Key(i))]).Length.ShouldBe(10);
        Fill(0, 20);
        _cache.Missing([.. Enumerable.Range(0, 20).Select(i => Key(i))]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verify_ShardGoneOrCutOff_NamesItAndLoadSaysWhatToDo(bool gone)
    {
        Fill(0, 5);
        var shard = Directory.GetFiles(_cache.ShardFolder).Single();
        if (gone) File.Delete(shard);
        else using (var file = File.OpenWrite(shard)) file.SetLength(file.Length - 1);
        _cache.Verify(false, null, Token).ShouldHaveSingleItem().File.ShouldBe(shard);
        Should.Throw<CaptionTLException>(() => _cache.Load([Key(0)])).Message.ShouldContain("captiontl cache verify --repair");
        _cache.Verify(true, null, Token);
        _cache.Contains(Key(0)).ShouldBeFalse();
    }

    [Fact]
    public void Prune_ShardsInUse_StayUntilTheTableIsClosed()
    {
        Fill(0, 20, shardRows: 10);
        using (var table = _cache.Load([Key(0)]))
        {
            var first = _cache.Prune(new EmbeddingPruneOptions { All = true });
            (first.Shards, first.Embeddings, first.InUse).ShouldBe((1, 10, 1));
            table[0].ToArray().ShouldBe(Values(0));
        }
        _cache.Contains(Key(0)).ShouldBeTrue();
        var second = _cache.Prune(new EmbeddingPruneOptions { All = true });
        (second.Shards, second.InUse).ShouldBe((1, 0));
        second.Bytes.ShouldBeGreaterThan(0);
        _cache.List().ShouldBeEmpty();
        Directory.GetFiles(_cache.ShardFolder).ShouldBeEmpty();
    }

    [Fact]
    public void Prune_ByEncoderAgeAndSize_TakesThose()
    {
        Fill(0, 20, shardRows: 10);
        using (var writer = _cache.CreateWriter("another", Cells, Channels))
        {
            writer.Add(Key(0).Content, 0, Values(0));
            writer.Flush();
        }
        _cache.Prune(new EmbeddingPruneOptions()).Shards.ShouldBe(0);
        _cache.Prune(new EmbeddingPruneOptions { UnusedFor = TimeSpan.FromHours(1) }).Shards.ShouldBe(0);
        _cache.Prune(new EmbeddingPruneOptions { Fingerprint = "ANOTHER" }).Embeddings.ShouldBe(1);
        _cache.List().ShouldHaveSingleItem().Fingerprint.ShouldBe(Encoder);
        var bytes = _cache.List()[0].Bytes;
        _cache.Prune(new EmbeddingPruneOptions { MaxBytes = bytes }).Shards.ShouldBe(0);
        _cache.Prune(new EmbeddingPruneOptions { MaxBytes = bytes - 1 }).Shards.ShouldBe(1);
        _cache.Contains(Key(0)).ShouldBeFalse("the oldest goes first");
        _cache.Prune(new EmbeddingPruneOptions { UnusedFor = TimeSpan.Zero }).Embeddings.ShouldBe(10);
    }

    [Fact]
    public void RemoveOrphans_LeftoversOfKilledWriters_AreRemovedAndLivingOnesStay()
    {
        Fill(0, 2);
        File.WriteAllText(_cache.ShardPath("0123-orphan.safetensors"), "renamed, but not in the index");
        File.WriteAllText(_cache.ShardPath(".x.safetensors.0123456789abcdef0123456789abcdef.captiontl-tmp"), "not renamed");
        using var living = CaptionTL.IO.AtomicFile.Create(_cache.ShardPath("living.safetensors"));
        living.Commit();
        _cache.RemoveOrphans();
        Directory.GetFiles(_cache.ShardFolder).Length.ShouldBe(2);
        File.Exists(living.Path).ShouldBeTrue();
        living.Dispose();
        _cache.RemoveOrphans();
        File.Exists(living.Path).ShouldBeFalse();
        _cache.Contains(Key(1)).ShouldBeTrue();
    }

    [Fact]
    public void RequireRoom_MoreThanTheDiskHas_ThrowsWithBothSizes()
    {
        _cache.RequireRoom(1000);
        var bytes = EmbeddingCache.EstimateBytes(1_000_000_000_000, 49, 1280);
        Should.Throw<CaptionTLException>(() => _cache.RequireRoom(bytes)).Message.ShouldContain("captiontl cache prune");
        EmbeddingCache.EstimateBytes(6000, 49, 1280).ShouldBeInRange(752_640_000, 760_000_000);
    }

    [Fact]
    public void Build_WithoutRoom_ThrowsBeforeItReadsAnything()
    {
        RawImages.Write(_folder.File("images"), 1);
        Should.Throw<CaptionTLException>(() => new EmbeddingBuilder(_cache, new PixelEncoder(), _ => throw new NotSupportedException())
            .Build(RawImages.Items(_folder.File("images")), int.MaxValue, null, Token)).Message.ShouldContain("GB free");
    }

    [Fact]
    public void Open_NotADatabaseOrNewerVersion_ThrowsSayingSo()
    {
        Directory.CreateDirectory(_folder.File("bad"));
        File.WriteAllText(Path.Combine(_folder.File("bad"), "index.sqlite"), new string('x', 5000));
        Should.Throw<CaptionTLException>(() => EmbeddingCache.Open(_folder.File("bad"))).Message.ShouldContain("index.sqlite");
        using (EmbeddingCache.Open(_folder.File("new"))) { }
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={_folder.File("new")}/index.sqlite;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }
        Should.Throw<CaptionTLException>(() => EmbeddingCache.Open(_folder.File("new"))).Message.ShouldContain("newer version");
        File.WriteAllText(_folder.File("file"), "");
        Should.Throw<CaptionTLException>(() => EmbeddingCache.Open(_folder.File("file")));
    }

    [Fact]
    public void Open_ManyAtOnce_AllWriteAndRead()
    {
        Parallel.For(0, 8, i =>
        {
            using var cache = EmbeddingCache.Open(_folder.File("shared"));
            using var writer = cache.CreateWriter(Encoder, Cells, Channels);
            for (var k = 0; k < 10; k++)
            {
                writer.Add(Key(i * 5 + k).Content, 0, Values(i * 5 + k));
                writer.Flush();
            }
        });
        using var all = EmbeddingCache.Open(_folder.File("shared"));
        all.List().ShouldHaveSingleItem().Embeddings.ShouldBe(45);
        all.Verify(false, null, Token).ShouldBeEmpty();
        using var table = all.Load([.. Enumerable.Range(0, 45).Select(i => Key(i))]);
        for (var i = 0; i < 45; i++) table[i].ToArray().ShouldBe(Values(i));
    }

    private void Fill(int first, int count, int shardRows = 1000)
    {
        using var writer = _cache.CreateWriter(Encoder, Cells, Channels, shardRows * Size * 2);
        for (var i = first; i < first + count; i++) writer.Add(Key(i).Content, 0, Values(i));
        writer.Flush();
    }

    private static EmbeddingKey Key(int image, int view = 0) =>
        new(ContentHash.OfText($"image {image}"), ContentHash.OfText(Encoder), view);

    private static Half[] Values(int image) => [.. Goldens.Uniform($"embedding {image}", Size).Select(v => (Half)v)];
}
