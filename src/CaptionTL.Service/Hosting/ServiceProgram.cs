using System.Net.Sockets;
using System.Runtime.InteropServices;
using CaptionTL.IO;
using CaptionTL.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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
    /// What keeps it from starting and can be mended by whoever starts it (a port in use, a folder that cannot be written, a setting out
    /// of range) is one message on standard error; CAPTIONTL_DEBUG=1 adds the stack trace.
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
                // parts that had started end their work before what they work with is gone, else they would tell of that
                await app.StopAsync();
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

/// <summary>How another program of the product is started.</summary>
/// <param name="File">To be started.</param>
/// <param name="Arguments">That come first.</param>
public sealed record ProgramCommand(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// An assembly by the dotnet whose runtime this process has. A self-contained folder has none: there the executable beside the
    /// assembly starts it.
    /// </summary>
    /// <param name="path">A .dll, or an executable, which is started as it is.</param>
    public static ProgramCommand Of(string path) => Of(path, RuntimeEnvironment.GetRuntimeDirectory(), AppContext.BaseDirectory);

    /// <param name="path">A .dll or an executable.</param>
    /// <param name="runtime">Folder of the runtime that this process has.</param>
    /// <param name="program">Folder of the program that runs.</param>
    internal static ProgramCommand Of(string path, string runtime, string program)
    {
        if (!path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) return new ProgramCommand(path, []);
        var isSelfContained = Path.TrimEndingDirectorySeparator(runtime) == Path.TrimEndingDirectorySeparator(program);
        return isSelfContained ? new ProgramCommand(Path.ChangeExtension(path, OperatingSystem.IsWindows() ? ".exe" : null), [])
            : new ProgramCommand(DotNet(runtime), [path]);
    }

    // The one that runs this process, else the one whose runtime it is.
    private static string DotNet(string runtime)
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && Path.GetFileName(self) == name) return self;
        var installed = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", name));
        return System.IO.File.Exists(installed) ? installed : name;
    }
}
