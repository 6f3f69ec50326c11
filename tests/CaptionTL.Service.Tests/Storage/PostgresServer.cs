using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CaptionTL.Tests;
using Npgsql;

namespace CaptionTL.Service.Tests.Storage;

/// <summary>A PostgreSQL of the test's own, from Debian's package, gone afterwards.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _programs;

    private PostgresServer(string programs) => _programs = programs;

    public string ConnectionString { get; private set; } = "";

    public static async Task<PostgresServer> StartAsync()
    {
        var initdb = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateFiles("/usr/lib/postgresql", "initdb",
            SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() : null;
        Assert.SkipWhen(initdb is null, "needs Debian's postgresql (apt-get install postgresql)");
        var server = new PostgresServer(Path.GetDirectoryName(initdb)!);
        await server.BeginAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await RunAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        _folder.Dispose();
    }

    private string Data => Path.Combine(_folder.Path, "data");

    private async Task BeginAsync()
    {
        // The server refuses to run as the superuser.
        if (Environment.IsPrivilegedProcess) await RunProcessAsync("chown", ["postgres", _folder.Path]);
        await RunAsync("initdb", "-D", Data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync");
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await RunAsync("pg_ctl", "-D", Data, "-l", Path.Combine(_folder.Path, "log"), "-w", "-t", "300", "-o", $"-p {port} -c "
            + $"listen_addresses=127.0.0.1 -c unix_socket_directories={_folder.Path} -c fsync=off -c max_connections=200", "start");
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Maximum Pool Size=40";
    }

    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess ? RunProcessAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunProcessAsync(path, arguments);
    }

    // Its output goes nowhere: the server would keep a pipe open for as long as it runs.
    private async Task RunProcessAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("sh") { WorkingDirectory = _folder.Path };
        foreach (var argument in (string[])["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode == 0) return;
        var log = Path.Combine(_folder.Path, "log");
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: "
            + (File.Exists(log) ? await File.ReadAllTextAsync(log) : ""));
    }
}
