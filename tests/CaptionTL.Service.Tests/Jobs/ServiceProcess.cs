using System.Diagnostics;
using System.Text.RegularExpressions;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>The service as a process of its own, so that it can be killed.</summary>
internal sealed partial class ServiceProcess : IDisposable
{
    private readonly Process _process;

    private ServiceProcess(Process process, JobsService jobs) => (_process, Jobs) = (process, jobs);

    public JobsService Jobs { get; }

    public int Id => _process.Id;

    public static async Task<ServiceProcess> StartAsync(string data, params string[] settings)
    {
        var process = Process.Start(DotNetProgram.Start(
            Path.Combine(AppContext.BaseDirectory, "CaptionTL.Cli.dll"),
            ["serve", "--urls", "http://127.0.0.1:0", "--data", data, "--", $"CaptionTL:Embeddings={Path.Combine(data, "embeddings")}",
                "CaptionTL:Serving:WarmUp=false", .. settings]))!;
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (Address().Match(line) is not { Success: true } address) continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
            return new ServiceProcess(process, new JobsService(new HttpClient { BaseAddress = new Uri(address.Value) }, data));
        }
        throw new InvalidOperationException($"the service did not start: "
            + $"{string.Join("\n", said)}\n{await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        JobProcesses.Signal(Id, "TERM");
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Jobs.Http.Dispose();
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d*")]
    private static partial Regex Address();
}
