using CaptionTL.Backbones;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Hosting;

/// <summary>A host's life from the first line to the exit code.</summary>
public static class ServiceProgram
{
    /// <summary>Configuration key: the line that says the service is ready is JSON, {"urls": […]}.</summary>
    public const string JsonReadyLine = ServiceOptions.Section + ":JsonReadyLine";

    private const int WrongUse = 2;

    /// <summary>
    /// Builds and runs the application until it is told to stop. One line on standard output tells its addresses as soon as it answers.
    /// What keeps it from starting and can be mended by whoever starts it (a port in use, a folder that cannot be written, a setting out of
    /// range) is one message on standard error; CAPTIONTL_DEBUG=1 adds the stack trace.
    /// </summary>
    /// <returns>0 after an orderly end, 2 where it could not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        WebApplication? app = null;
        try
        {
            app = build();
            var options = app.Services.GetRequiredService<IOptions<ServiceOptions>>().Value;
            DataFolder.Check(options.In());
            ComputeDevice.Use(options.Device);
            await app.StartAsync();
            app.Services.GetRequiredService<StartupLogFilter>().HasStarted = true;
        }
        catch (Exception e) when (StartFailure.Explain(e) is { } message)
        {
            await Console.Error.WriteLineAsync($"captiontl: {message}");
            if (Environment.GetEnvironmentVariable("CAPTIONTL_DEBUG") == "1") await Console.Error.WriteLineAsync(e.ToString());
            if (app is not null)
            {
                await app.StopAsync(); // parts that had started end their work before what they work with is gone, else they would tell of that
                await app.DisposeAsync();
            }
            return WrongUse;
        }
        Console.WriteLine(ReadyLine(app));
        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
        return 0;
    }

    private static string ReadyLine(WebApplication app)
    {
        var urls = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return app.Configuration.GetValue<bool>(JsonReadyLine)
            ? System.Text.Json.JsonSerializer.Serialize(new { urls }, Json.Compact)
            : $"CaptionTL is ready: {string.Join(", ", urls)}";
    }
}
