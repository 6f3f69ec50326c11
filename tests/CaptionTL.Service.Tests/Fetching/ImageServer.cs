using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CaptionTL.Service.Fetching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Tests.Fetching;

/// <summary>
/// A real https server on this machine stands for the internet: 127.0.0.1 counts as public where a test says so, 127.0.0.2 never.
/// </summary>
internal sealed class ImageServer(WebApplication server) : IAsyncDisposable
{
    public static readonly byte[] Image = TestImages.Jpeg(1);
    public static readonly IPAddress Outside = IPAddress.Parse("127.0.0.1"), Inside = IPAddress.Parse("127.0.0.2");

    public static async Task<ImageServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0, listen =>
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = Certificate() })));
        var server = builder.Build();
        server.MapGet("/image.jpg", () => Results.Bytes(Image, "image/jpeg"));
        server.MapGet("/photo.jpg", () => Results.Bytes(Samples.Bytes("rocket.jpg"), "image/jpeg"));
        server.MapGet("/to", (string url) => Results.Redirect(url));
        server.MapGet("/round", (int n) => Results.Redirect($"/round?n={n + 1}"));
        server.MapGet("/large", async (HttpContext context) =>
        {
            for (var i = 0; i < 100; i++) await context.Response.Body.WriteAsync(new byte[1000], context.RequestAborted);
        });
        server.MapGet("/slow", async (HttpContext context) =>
        {
            await context.Response.Body.WriteAsync(new byte[1], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await server.StartAsync();
        return new ImageServer(server);
    }

    /// <summary>Takes this server for what is public.</summary>
    public static ImageFetcher Fetcher(FetchingOptions options) => new(options, ResolveAsync, a => a.Equals(Outside), IsOurs);

    public static Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellation) => Task.FromResult<IPAddress[]>(name switch
    {
        "inside.example" => [Inside],
        "mixed.example" => [Outside, Inside],
        "unknown.example" => throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound),
        _ => [Outside],
    });

    public static bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.Subject == "CN=images.example";

    public string At(string host, string path) => $"https://{host}:{new Uri(server.Urls.Single()).Port}{path}";

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=images.example", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
