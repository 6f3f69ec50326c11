using System.Net;
using CaptionTL.Service.Api;
using CaptionTL.Service.Fetching;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Tests.Fetching;

public sealed class ImageFetcherTests : IAsyncLifetime
{
    private static readonly byte[] Image = ImageServer.Image;
    private static readonly IPAddress Outside = ImageServer.Outside, Inside = ImageServer.Inside;

    private ImageServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ImageServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Fetch_OfAPublicImage_GivesItsBytes()
    {
        using var fetcher = Fetcher();

        (await fetcher.FetchAsync(At("images.example", "/image.jpg"), null, default)).ShouldBe(Image);
        (await fetcher.FetchAsync(At("images.example", "/to?url=/image.jpg"), null, default)).ShouldBe(Image);
        (await fetcher.FetchAsync(At("images.example", $"/to?url={Uri.EscapeDataString(At("other.example", "/image.jpg"))}"), null,
            default)).ShouldBe(Image);
    }

    [Theory]
    [InlineData("inside.example", "/image.jpg")]
    [InlineData("mixed.example", "/image.jpg")] // one address outside, one inside
    [InlineData("127.0.0.2", "/image.jpg")]
    [InlineData("2130706434", "/image.jpg")]
    [InlineData("0x7f000002", "/image.jpg")]
    [InlineData("0177.0.0.2", "/image.jpg")]
    [InlineData("127.2", "/image.jpg")]
    [InlineData("[::ffff:127.0.0.2]", "/image.jpg")]
    [InlineData("[::1]", "/image.jpg")]
    [InlineData("images.example", "/to?url=https://inside.example/image.jpg")]
    [InlineData("images.example", "/to?url=https://127.0.0.2/image.jpg")]
    [InlineData("images.example", "/to?url=https://[fe80::1]/image.jpg")]
    public async Task Fetch_OfWhatIsNotPublic_AtAnyHop_IsRefused(string host, string path)
    {
        using var fetcher = Fetcher();

        (await FailAsync(fetcher, At(host, path))).ShouldBe((400, "url_not_public"));
    }

    [Fact]
    public async Task Fetch_NameThatTurnsAwayAfterTheCheck_ConnectsToTheAddressChecked()
    {
        var asked = 0;
        using var fetcher = new ImageFetcher(new FetchingOptions { Enabled = true }, (_, _) =>
            Task.FromResult<IPAddress[]>([Interlocked.Increment(ref asked) == 1 ? Outside : Inside]), a =>
            a.Equals(Outside), ImageServer.IsOurs);

        (await fetcher.FetchAsync(At("turning.example", "/image.jpg"), null, default)).ShouldBe(Image);
        asked.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://images.example/image.jpg")]
    [InlineData("ftp://images.example/image.jpg")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/image.jpg")]
    [InlineData("https://user:password@images.example/image.jpg")]
    [InlineData("https://")]
    [InlineData("")]
    [InlineData("no address at all")]
    public async Task Fetch_OfNoHttpsAddress_IsRefused(string url)
    {
        using var fetcher = Fetcher();

        (await FailAsync(fetcher, url)).ShouldBe((400, "url_invalid"));
    }

    [Theory]
    [InlineData("/to?url=http://images.example/image.jpg", 400, "url_invalid")]
    [InlineData("/to?url=file:///etc/passwd", 400, "url_invalid")]
    [InlineData("/round?n=1", 422, "url_not_fetched")]
    [InlineData("/missing", 422, "url_not_fetched")]
    [InlineData("/large", 413, "image_too_large")]
    [InlineData("/slow", 504, "url_too_slow")]
    public async Task Fetch_BeyondALimit_IsRefused(string path, int status, string code)
    {
        using var fetcher = Fetcher(TimeSpan.FromSeconds(path == "/slow" ? 1 : 60));

        (await FailAsync(fetcher, At("images.example", path))).ShouldBe((status, code));
    }

    [Fact]
    public async Task Fetch_NameWithoutAServer_OrCertificateOfSomeoneElse_IsRefused()
    {
        using var fetcher = Fetcher();
        (await FailAsync(fetcher, At("unknown.example", "/image.jpg"))).ShouldBe((422, "url_not_fetched"));

        using var strict = new ImageFetcher(new FetchingOptions { Enabled = true }, ImageServer.ResolveAsync,
            a => a.Equals(Outside), null);
        (await FailAsync(strict, At("images.example", "/image.jpg"))).ShouldBe((422, "url_not_fetched"));
    }

    [Fact]
    public async Task Fetch_UnlessSwitchedOn_IsRefused()
    {
        using var fetcher = new ImageFetcher(Options.Create(new FetchingOptions()));

        (await FailAsync(fetcher, "https://images.example/image.jpg")).ShouldBe((403, "fetching_disabled"));
    }

    private static ImageFetcher Fetcher(TimeSpan? timeout = null) =>
        ImageServer.Fetcher(new FetchingOptions { Enabled = true, MaxBytes = 50_000, Timeout = timeout ?? TimeSpan.FromSeconds(60) });

    private static async Task<(int Status, string Code)> FailAsync(ImageFetcher fetcher, string url)
    {
        var e = await Should.ThrowAsync<ApiException>(() => fetcher.FetchAsync(url, null, default));
        return (e.Status, e.Code);
    }

    private string At(string host, string path) => _server.At(host, path);
}
