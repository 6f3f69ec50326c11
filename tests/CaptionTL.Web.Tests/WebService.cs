using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CaptionTL.Web.Tests;

/// <summary>
/// The service as a user starts it: a process of its own on a free port, its state in a folder of its own, the bundled model.
/// </summary>
/// <param name="settings">Configuration, "CaptionTL:…=value".</param>
internal sealed class WebService(params IReadOnlyList<string> settings) : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _data = new();
    private readonly List<string> _said = [];
    private Process? _process;

    /// <summary>The program that runs these tests.</summary>
    public static string Dotnet { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    public string Address { get; } = $"http://127.0.0.1:{FreePort()}";

    /// <summary>Folder of the service's state.</summary>
    public string Data => _data.Path;

    public string Said
    {
        get { lock (_said) return string.Join('\n', _said); }
    }

    public async Task StartAsync()
    {
        var program = Path.Combine(Repository.Root, "src/CaptionTL.Cli/bin/Release/net10.0/CaptionTL.Cli.dll");
        _process = Process.Start(new ProcessStartInfo(Dotnet,
            [program, "serve", "--urls", Address, "--data", _data.Path, "--", .. settings])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await AnswersAsync();
    }

    /// <summary>Ends at once, as in a power cut.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _data.Dispose();
    }

    private async Task AnswersAsync()
    {
        using var http = new HttpClient();
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < StartsWithin && !_process!.HasExited; await Task.Delay(200))
        {
            try
            {
                if ((await http.GetAsync(new Uri(Address + "/favicon.svg"))).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
        }
        throw new InvalidOperationException($"The service does not answer. It said:\n{Said}");
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_said) _said.Add(line);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
