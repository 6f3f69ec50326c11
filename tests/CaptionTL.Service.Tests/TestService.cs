using CaptionTL.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Tests;

/// <summary>The service as a user runs it: Kestrel on a free port, state in a folder of its own, the installed models.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;

    private TestService(WebApplication app, TemporaryFolder? folder) => (App, _folder) = (app, folder);

    public WebApplication App { get; }

    public HttpClient Http { get; private init; } = null!;

    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    /// <param name="data">State of an earlier service to go on with; a new folder when null.</param>
    /// <param name="settings">Configuration, "CaptionTL:…=value".</param>
    public static Task<TestService> StartAsync(string? data = null, params string[] settings) => StartAsync(data, _ => { }, settings);

    /// <param name="data">State of an earlier service to go on with; a new folder when null.</param>
    /// <param name="configure">What a host adds of its own.</param>
    /// <param name="settings">Configuration, "CaptionTL:…=value".</param>
    public static async Task<TestService> StartAsync(string? data, Action<WebApplicationBuilder> configure, params string[] settings)
    {
        var folder = data is null ? new TemporaryFolder() : null;
        var builder = WebApplication.CreateBuilder(["--CaptionTL:Serving:WarmUp=false", "--Logging:Console:LogLevel:Default=None",
            .. settings.Select(s => "--" + s), $"--CaptionTL:Data={data ?? folder!.Path}"]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCaptionTL();
        configure(builder);
        var app = builder.Build();
        app.MapCaptionTL();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            folder?.Dispose();
            throw;
        }
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new TestService(app, folder) { Http = new HttpClient { BaseAddress = new Uri(address) } };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _folder?.Dispose();
    }
}
