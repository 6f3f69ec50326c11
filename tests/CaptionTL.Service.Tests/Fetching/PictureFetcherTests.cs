using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CaptionTL.Service.Api;
using CaptionTL.Service.Fetching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Tests.Fetching;

/// <summary>A real https server on this machine stands for the internet: 127.0.0.1 counts as public where a test says so, 127.0.0.2 never.</summary>
public sealed class PictureFetcherTests : IAsyncLifetime
{
    private static readonly byte[] Picture = TestPictures.Jpeg(1);
    private static readonly IPAddress Outside = IPAddress.Parse("127.0.0.1"), Inside = IPAddress.Parse("127.0.0.2");

    private WebApplication _server = null!;
    private int _port;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = Certificate() })));
        _server = builder.Build();
        _server.MapGet("/picture.jpg", () => Results.Bytes(Picture, "image/jpeg"));
        _server.MapGet("/to", (string url) => Results.Redirect(url));
        _server.MapGet("/round", (int n) => Results.Redirect($"/round?n={n + 1}"));
        _server.MapGet("/large", async (HttpContext context) =>
        {
            for (var i = 0; i < 100; i++) await context.Response.Body.WriteAsync(new byte[1000], context.RequestAborted);
        });
        _server.MapGet("/slow", async (HttpContext context) =>
        {
            await context.Response.Body.WriteAsync(new byte[1], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await _server.StartAsync();
        _port = new Uri(_server.Urls.Single()).Port;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Fetch_OfAPublicPicture_GivesItsBytes()
    {
        using var fetcher = Fetcher();

        (await fetcher.FetchAsync(At("pictures.example", "/picture.jpg"), default)).ShouldBe(Picture);
        (await fetcher.FetchAsync(At("pictures.example", "/to?url=/picture.jpg"), default)).ShouldBe(Picture);
        (await fetcher.FetchAsync(At("pictures.example", $"/to?url={Uri.EscapeDataString(At("other.example", "/picture.jpg"))}"), default)).ShouldBe(Picture);
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
        using var fetcher = new PictureFetcher(new FetchingOptions { Enabled = true }, (_, _) => Task.FromResult<IPAddress[]>([Interlocked.Increment(ref asked) == 1 ? Outside : Inside]), a => a.Equals(Outside), IsOurs);

        (await fetcher.FetchAsync(At("turning.example", "/picture.jpg"), default)).ShouldBe(Picture);
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

        using var strict = new PictureFetcher(new FetchingOptions { Enabled = true }, ResolveAsync, a => a.Equals(Outside), null);
        (await FailAsync(strict, At("pictures.example", "/picture.jpg"))).ShouldBe((422, "url_not_fetched"));
    }

    [Fact]
    public async Task Fetch_UnlessSwitchedOn_IsRefused()
    {
        using var fetcher = new PictureFetcher(Options.Create(new FetchingOptions()));

        (await FailAsync(fetcher, "https://pictures.example/picture.jpg")).ShouldBe((403, "fetching_disabled"));
    }

    private static PictureFetcher Fetcher(TimeSpan? timeout = null) =>
        new(new FetchingOptions { Enabled = true, MaxBytes = 50_000, Timeout = timeout ?? TimeSpan.FromSeconds(60) }, ResolveAsync, a => a.Equals(Outside), IsOurs);

    private static Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellation) => Task.FromResult<IPAddress[]>(name switch
    {
        "inside.example" => [Inside],
        "mixed.example" => [Outside, Inside],
        "unknown.example" => throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound),
        _ => [Outside],
    });

    private static async Task<(int Status, string Code)> FailAsync(PictureFetcher fetcher, string url)
    {
        var e = await Should.ThrowAsync<ApiException>(() => fetcher.FetchAsync(url, default));
        return (e.Status, e.Code);
    }

    private static bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate?.Subject == "CN=pictures.example";

    private string At(string host, string path) => $"https://{host}:{_port}{path}";

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=pictures.example", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
