using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Hosting;

/// <summary>What a host needs to start and fail in plain words.</summary>
internal static class HostingRegistration
{
    public static void AddHosting(this IHostApplicationBuilder builder)
    {
        // Requests in hand are answered and jobs checkpointed before the process ends.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        // A request's way through the server, six lines each, is written when asked for; first in order, so that every other source
        // overrides it.
        builder.Configuration.Sources.Insert(0,
            new MemoryConfigurationSource { InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning))] });
        // Standard output is for the line that says the service is ready.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        // That cookies' keys lie unencrypted in a folder that only this user reads is as meant.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        var filter = new StartupLogFilter();
        filter.AddTo(builder.Logging);
        builder.Services.AddSingleton(filter);
        builder.Services.TryAddSingleton(TimeProvider.System);
        // What cannot be read of a request becomes a problem like every other failure.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }
}

/// <summary>The folder that everything else relies on.</summary>
internal static class DataFolder
{
    /// <exception cref="CaptionTLException">It cannot be made, or not be written to.</exception>
    public static void Check(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(Path.Combine(folder, $".probe-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write,
                FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptionTLException($"{folder}: the data folder cannot be written ({e.Message}). Name another one with --data DIR "
                + $"(the setting {ServiceOptions.Section}:Data), or mend its permissions.", inner: e);
        }
    }
}
