using System.Security.Cryptography;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public sealed class WeightStoreDownloadTests : IDisposable
{
    private static readonly byte[] Content = Bytes(1, 300_000);

    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new(Content);

    private WeightStore Store =>
        new(new WeightStoreOptions { CacheFolder = _folder.File("cache"), RetryDelay = TimeSpan.FromMilliseconds(1) });

    private string Target => Path.Combine(_folder.Path, "cache", "net", "model.safetensors");

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task EnsureAsync_NothingHere_DownloadsOnceAndReportsProgress()
    {
        var seen = new List<DownloadProgress>();
        var path = await Store.EnsureAsync(Row(), new Recorder(seen), TestContext.Current.CancellationToken);
        path.ShouldBe(Target);
        File.ReadAllBytes(path).ShouldBe(Content);
        seen[^1].Received.ShouldBe(Content.Length);
        seen[^1].Total.ShouldBe(Content.Length);
        seen.Select(p => p.Received).ShouldBeInOrder();
        (await Store.EnsureAsync(Row(), null, TestContext.Current.CancellationToken)).ShouldBe(Target);
        _server.Requests.Count.ShouldBe(1);
        Directory.GetFiles(Path.GetDirectoryName(Target)!).ShouldBe([Target]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnsureAsync_ConnectionBreaksOff_GoesOnWhereItStopped(bool sizeIsKnown)
    {
        _server.BreakAfter.Enqueue(100_000);
        _server.BreakAfter.Enqueue(50_000);
        var path = await Store.EnsureAsync(Row() with { Size = sizeIsKnown ? Content.Length : null }, null,
            TestContext.Current.CancellationToken);
        File.ReadAllBytes(path).ShouldBe(Content);
        _server.Requests.Count.ShouldBe(3);
        _server.Requests[1].ShouldContain("Range: bytes=100000-");
        _server.Requests[1].ShouldContain("If-Range: \"1\"");
        _server.Requests[2].ShouldContain("Range: bytes=150000-");
    }

    [Fact]
    public async Task EnsureAsync_BreaksOffWithoutEnd_KeepsWhatArrivedForTheNextStart()
    {
        _server.BreakAfter.Enqueue(200_000);
        for (var i = 0; i < 4; i++) _server.BreakAfter.Enqueue(0);
        var error = await Should.ThrowAsync<CaptionTLException>(Ensure());
        error.IsInput.ShouldBeFalse();
        error.Message.ShouldContain("200000 bytes arrived and are kept");
        error.Message.ShouldContain(_server.Address.ToString());
        File.Exists(Target).ShouldBeFalse();
        var path = await Store.EnsureAsync(Row(), null, TestContext.Current.CancellationToken);
        File.ReadAllBytes(path).ShouldBe(Content);
        _server.Requests[^1].ShouldContain("Range: bytes=200000-");
    }

    [Fact]
    public async Task EnsureAsync_FileChangedOnTheServerMeanwhile_StartsOver()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", Bytes(2, 100_000));
        File.WriteAllText(Target + ".part.etag", "\"0\"");
        File.ReadAllBytes(await Store.EnsureAsync(Row(), null, TestContext.Current.CancellationToken)).ShouldBe(Content);
        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task EnsureAsync_PartOfAnotherFileWithoutTag_FindsItByTheChecksumAndStartsOver()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", Bytes(2, 100_000));
        File.ReadAllBytes(await Store.EnsureAsync(Row(), null, TestContext.Current.CancellationToken)).ShouldBe(Content);
        _server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task EnsureAsync_PartLongerThanTheFile_StartsOver()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", Bytes(2, Content.Length + 5));
        File.ReadAllBytes(await Store.EnsureAsync(Row() with { Size = null }, null, TestContext.Current.CancellationToken))
            .ShouldBe(Content);
    }

    [Fact]
    public async Task EnsureAsync_ServerWithoutRanges_StartsOver()
    {
        _server.SupportsRange = false;
        _server.BreakAfter.Enqueue(100_000);
        File.ReadAllBytes(await Store.EnsureAsync(Row(), null, TestContext.Current.CancellationToken)).ShouldBe(Content);
    }

    [Fact]
    public async Task EnsureAsync_WrongBytes_ThrowsNamingBothSumsAndKeepsNothing()
    {
        _server.Content = Bytes(3, Content.Length);
        var error = await Should.ThrowAsync<WeightFileException>(Ensure());
        error.Message.ShouldContain(Sum(Content));
        error.Message.ShouldContain(Sum(_server.Content));
        File.Exists(Target).ShouldBeFalse();
        _server.Content = Content;
        File.ReadAllBytes(await Store.EnsureAsync(Row(), null, TestContext.Current.CancellationToken)).ShouldBe(Content);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnsureAsync_PageInPlaceOfTheFile_ThrowsSayingSo(bool sendsLength)
    {
        _server.Content = Bytes(3, Content.Length + 1);
        _server.SendsLength = sendsLength;
        (await Should.ThrowAsync<CaptionTLException>(Ensure())).Message.ShouldContain("another version");
        File.Exists(Target).ShouldBeFalse();
    }

    [Theory]
    [InlineData(404, 1)]
    [InlineData(403, 1)]
    [InlineData(503, 4)]
    public async Task EnsureAsync_ServerRefuses_TriesAgainOnlyWhereItMayPass(int status, int requests)
    {
        _server.Status = status;
        var error = await Should.ThrowAsync<CaptionTLException>(Ensure());
        error.Message.ShouldContain($"{status}");
        error.Message.ShouldContain("CAPTIONTL_MODELS");
        error.Message.ShouldContain("captiontl models pull net");
        _server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task EnsureAsync_NobodyListens_SaysWhereItWouldComeFromAndHowToSupplyIt()
    {
        _server.Dispose();
        var error = await Should.ThrowAsync<CaptionTLException>(Ensure());
        error.Message.ShouldContain(_server.Address.ToString());
        error.Message.ShouldContain("captiontl models pull ");
    }

    [Fact]
    public async Task EnsureAsync_DownloadsOff_AsksNobody()
    {
        var store = new WeightStore(new WeightStoreOptions { CacheFolder = _folder.File("cache"), AllowDownload = false });
        (await Should.ThrowAsync<CaptionTLException>(() => store.EnsureAsync(Row()))).Message.ShouldContain(_server.Address.ToString());
        _server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task EnsureAsync_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Store.EnsureAsync(Row(), null, cancelled.Token));
    }

    [Fact]
    public async Task EnsureAsync_ManyAtOnce_DownloadsOnce()
    {
        var paths = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.EnsureAsync(Row()))));
        paths.ShouldAllBe(p => p == Target);
        _server.Requests.Count.ShouldBe(1);
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    private Func<Task> Ensure() => () => Store.EnsureAsync(Row());

    private WeightFile Row() => new()
    {
        Name = "net", FileName = "model.safetensors", Address = _server.Address, Size = Content.Length, Sha256 = Sum(Content),
            Licence = "CC0-1.0", Source = "this test",
    };

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private sealed class Recorder(List<DownloadProgress> seen) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => seen.Add(value);
    }
}
