using System.Net;
using CaptionTL.Service.Api;
using CaptionTL.Service.Fetching;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Tests.Fetching;

public sealed class PictureFetcherTests : IAsyncLifetime
{
    private static readonly byte[] Picture = PictureServer.Picture;
    private static readonly IPAddress Outside = PictureServer.Outside, Inside = PictureServer.Inside;

    private PictureServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PictureServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Fetch_OfAPublicPicture_GivesItsBytes()
    {
        using var fetcher = Fetcher();

        (await fetcher.FetchAsync(At("pictures.example", "/picture.jpg"), null, default)).ShouldBe(Picture);
        (await fetcher.FetchAsync(At("pictures.example", "/to?url=/picture.jpg"), null, default)).ShouldBe(Picture);
        (await fetcher.FetchAsync(At("pictures.example", $"/to?url={Uri.EscapeDataString(At("other.example", "/picture.jpg"))}"), null,
            default)).ShouldBe(Picture);
    }

    [Theory]
    [InlineData("inside.example", "/picture.jpg")]
    [InlineData("mixed.example", "/picture.jpg")] // one address outside, one inside
    [InlineData("127.0.0.2", "/picture.jpg")]
    [InlineData("2130706434", "/picture.jpg")]
    [InlineData("0x7f000002", "/picture.jpg")]
    [InlineData("0177.0.0.2", "/picture.jpg")]
    [InlineData("127.2", "/picture.jpg")]
    [InlineData("[::ffff:127.0.0.2]", "/picture.jpg")]
    [InlineData("[::1]", "/picture.jpg")]
    [InlineData("pictures.example", "/to?url=https://inside.example/picture.jpg")]
    [InlineData("pictures.example", "/to?url=https://127.0.0.2/picture.jpg")]
    [InlineData("pictures.example", "/to?url=https://[fe80::1]/picture.jpg")]
    public async Task Fetch_OfWhatIsNotPublic_AtAnyHop_IsRefused(string host, string path)
    {
        using var fetcher = Fetcher();

        (await FailAsync(fetcher, At(host, path))).ShouldBe((400, "url_not_public"));
    }

    [Fact]
    public async Task Fetch_NameThatTurnsAwayAfterTheCheck_ConnectsToTheAddressChecked()
    {
        var asked = 0;
        using var fetcher = new PictureFetcher(new FetchingOptions { Enabled = true }, (_, _) =>
            Task.FromResult<IPAddress[]>([Interlocked.Increment(ref asked) == 1 ? Outside : Inside]), a =>
            a.Equals(Outside), PictureServer.IsOurs);

        (await fetcher.FetchAsync(At("turning.example", "/picture.jpg"), null, default)).ShouldBe(Picture);
        asked.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://pictures.example/picture.jpg")]
    [InlineData("ftp://pictures.example/picture.jpg")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/picture.jpg")]
    [InlineData("https://user:password@pictures.example/picture.jpg")]
    [InlineData("https://")]
    [InlineData("")]
    [InlineData("no address at all")]
    public async Task Fetch_OfNoHttpsAddress_IsRefused(string url)
    {
        using var fetcher = Fetcher();

        (await FailAsync(fetcher, url)).ShouldBe((400, "url_invalid"));
    }

    [Theory]
    [InlineData("/to?url=http://pictures.example/picture.jpg", 400, "url_invalid")]
    [InlineData("/to?url=file:///etc/passwd", 400, "url_invalid")]
    [InlineData("/round?n=1", 422, "url_not_fetched")]
    [InlineData("/missing", 422, "url_not_fetched")]
    [InlineData("/large", 413, "picture_too_large")]
    [InlineData("/slow", 504, "url_too_slow")]
    public async Task Fetch_BeyondALimit_IsRefused(string path, int status, string code)
    {
        using var fetcher = Fetcher(TimeSpan.FromSeconds(path == "/slow" ? 1 : 60));

        (await FailAsync(fetcher, At("pictures.example", path))).ShouldBe((status, code));
    }

    [Fact]
    public async Task Fetch_NameWithoutAServer_OrCertificateOfSomeoneElse_IsRefused()
    {
        using var fetcher = Fetcher();
        (await FailAsync(fetcher, At("unknown.example", "/picture.jpg"))).ShouldBe((422, "url_not_fetched"));

        using var strict = new PictureFetcher(new FetchingOptions { Enabled = true }, PictureServer.ResolveAsync,
            a => a.Equals(Outside), null);
        (await FailAsync(strict, At("pictures.example", "/picture.jpg"))).ShouldBe((422, "url_not_fetched"));
    }

    [Fact]
    public async Task Fetch_UnlessSwitchedOn_IsRefused()
    {
        using var fetcher = new PictureFetcher(Options.Create(new FetchingOptions()));

        (await FailAsync(fetcher, "https://pictures.example/picture.jpg")).ShouldBe((403, "fetching_disabled"));
    }

    private static PictureFetcher Fetcher(TimeSpan? timeout = null) =>
        PictureServer.Fetcher(new FetchingOptions { Enabled = true, MaxBytes = 50_000, Timeout = timeout ?? TimeSpan.FromSeconds(60) });

    private static async Task<(int Status, string Code)> FailAsync(PictureFetcher fetcher, string url)
    {
        var e = await Should.ThrowAsync<ApiException>(() => fetcher.FetchAsync(url, null, default));
        return (e.Status, e.Code);
    }

    private string At(string host, string path) => _server.At(host, path);
}
