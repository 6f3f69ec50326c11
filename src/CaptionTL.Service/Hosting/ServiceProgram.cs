using System.Net.Sockets;
using CaptionTL.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Hosting;

/// <summary>A host's life from its start to its end.</summary>
public static class ServiceProgram
{
    /// <summary>Builds and runs the application until it is told to stop, by the token or by a signal.</summary>
    /// <param name="build">Makes the application, not yet started.</param>
    /// <param name="ready">Told the addresses as soon as the service answers on them.</param>
    /// <param name="cancellation">Asks for an orderly stop: requests in hand are answered, jobs checkpointed.</param>
    /// <exception cref="CaptionTLException">
    /// What keeps it from starting and can be mended by whoever starts it: a port in use, a folder that cannot be written, a setting out
    /// of range.
    /// </exception>
    public static async Task RunAsync(Func<WebApplication> build, Action<ICollection<string>> ready, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(build);
        ArgumentNullException.ThrowIfNull(ready);
        WebApplication? app = null;
        try
        {
            app = build();
            var options = app.Services.GetRequiredService<IOptions<ServiceOptions>>().Value;
            DataFolder.Check(options.In());
            ComputeDevice.Use(options.Device);
            await app.StartAsync(cancellation);
            app.Services.GetRequiredService<StartupLogFilter>().HasStarted = true;
        }
        catch (Exception e) when (StartFailure.Explain(e) is { } message)
        {
            if (app is not null)
            {
                // parts that had started end their work before what they work with is gone, else they would tell of that
                await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }
            throw new CaptionTLException(message, inner: e);
        }
        ready(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        await app.WaitForShutdownAsync(cancellation);
        await app.DisposeAsync();
    }
}

/// <summary>Why a host did not start, for the person who started it.</summary>
internal static class StartFailure
{
    /// <returns>Null where it is a fault of the program.</returns>
    public static string? Explain(Exception e) => e switch
    {
        CaptionTLException failure => failure.Message,
        OptionsValidationException invalid => string.Join(" ", invalid.Failures),
        IOException { InnerException: AddressInUseException } => $"{e.Message.TrimEnd('.')}. Another program listens there, perhaps "
            + $"another captiontl: stop it, or choose another port with --urls http://127.0.0.1:PORT.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "the address may not be listened on: ports below 1024 are for "
            + "the superuser. Choose another port with --urls http://127.0.0.1:PORT.",
        SocketException or IOException { InnerException: SocketException } =>
            $"the address cannot be listened on: {e.Message} Choose another one with --urls http://ADDRESS:PORT.",
        FormatException or InvalidDataException => $"the configuration cannot be read: {e.Message}",
        InvalidOperationException when e.Message.Contains("url", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("configuration", StringComparison.OrdinalIgnoreCase) => $"the configuration cannot be used: {e.Message}",
        IOException or UnauthorizedAccessException => e.Message,
        _ => null,
    };
}

/// <summary>
/// Until the service has started, the host's and the server's own account of a failure, stack traces, is left out:
/// <see cref="StartFailure"/> says it in a sentence.
/// </summary>
internal sealed class StartupLogFilter
{
    private static readonly string[] Categories = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    public bool HasStarted { get; set; }

    public void AddTo(ILoggingBuilder logging)
    {
        foreach (var category in Categories) logging.AddFilter(category, level => level >= LogLevel.Warning && HasStarted);
    }
}
