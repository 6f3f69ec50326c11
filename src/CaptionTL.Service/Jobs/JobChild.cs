using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;

namespace CaptionTL.Service.Jobs;

/// <summary>A job's process as its parent sees it: what it says, whether it lives, how to stop it.</summary>
internal sealed class JobChild : IAsyncDisposable
{
    private const int ErrorsKept = 8;
    private const int LongestLogLine = 4000;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private JobProblem? _problem;
    private JobProgress? _progress;
    private long _heard = Stopwatch.GetTimestamp();
    private long _moved = Stopwatch.GetTimestamp();

    public JobChild(ProcessStartInfo start)
    {
        _process = Process.Start(start) ?? throw new CaptionTLException("The job's process could not be started.", isInput: false);
        Ended = WatchAsync();
    }

    /// <summary>Completes when the process has ended and everything it said has been read.</summary>
    public Task<ChildEnd> Ended { get; }

    /// <summary>Time since the process last said anything.</summary>
    public TimeSpan Silence => Stopwatch.GetElapsedTime(Volatile.Read(ref _heard));

    /// <summary>Time since it last made progress.</summary>
    public TimeSpan Standstill => Stopwatch.GetElapsedTime(Volatile.Read(ref _moved));

    /// <summary>The last progress since this was last asked for; null where there was none.</summary>
    public JobProgress? TakeProgress() => Interlocked.Exchange(ref _progress, null);

    /// <summary>Log lines since this was last asked for.</summary>
    public IReadOnlyList<string> TakeLog()
    {
        var lines = new List<string>();
        while (_log.TryDequeue(out var line)) lines.Add(line);
        return lines;
    }

    /// <summary>Tells the child how long the lease now is.</summary>
    public void Prolong(DateTimeOffset until) =>
        Say(FormattableString.Invariant($"{ParentWatch.Prolong}{until.ToUnixTimeMilliseconds()}"));

    /// <summary>Asks for an orderly stop.</summary>
    public void Stop() => Say(ParentWatch.StopLine);

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended;
        _process.Dispose();
    }

    private void Say(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has ended, or it hangs and its pipe is full; Ended or its silence shows that.
        }
    }

    private async Task<ChildEnd> WatchAsync()
    {
        await Task.Yield();
        await Task.WhenAll(ReadAsync(_process.StandardOutput, Hear), ReadAsync(_process.StandardError, HearError));
        await _process.WaitForExitAsync();
        return new ChildEnd(_process.ExitCode, _problem, [.. _errors]);
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> hear)
    {
        while (await reader.ReadLineAsync() is { } line) hear(line);
    }

    private void Hear(string line)
    {
        Volatile.Write(ref _heard, Stopwatch.GetTimestamp());
        JobMessage? message = null;
        try
        {
            message = line.StartsWith('{') ? JsonSerializer.Deserialize<JobMessage>(line, Json.Compact) : null;
        }
        catch (JsonException)
        {
            // A native library has written the line.
        }
        if (message is null)
        {
            Log(line);
            return;
        }
        if (message.Progress is { } progress)
        {
            Volatile.Write(ref _moved, Stopwatch.GetTimestamp());
            Interlocked.Exchange(ref _progress, progress);
        }
        if (message.Log is { } log) Log(log);
        if (message.Problem is { } problem) _problem = problem;
    }

    private void Log(string line) => _log.Enqueue(DiscreetText.Of(line.Length > LongestLogLine ? line[..LongestLogLine] + "…" : line));

    private void HearError(string line)
    {
        _errors.Enqueue(line);
        if (_errors.Count > ErrorsKept) _errors.TryDequeue(out _);
        Log(line);
    }
}

/// <summary>How a job's process ended.</summary>
/// <param name="ExitCode">128 and the number of the signal that ended it, or its own.</param>
/// <param name="Problem">What it reported before it ended.</param>
/// <param name="LastErrors">Its last lines on standard error.</param>
internal sealed record ChildEnd(int ExitCode, JobProblem? Problem, IReadOnlyList<string> LastErrors)
{
    public bool IsDone => ExitCode == JobProcess.Done;

    /// <summary>What happened to it, as part of a sentence for people.</summary>
    public string Description => (ExitCode switch
    {
        137 => "it was killed (signal 9): by a person, or by the system because memory ran out",
        134 => "it aborted (signal 6), most likely in native code",
        139 => "it crashed (signal 11), in native code",
        > 128 and < 160 and not JobProcess.Stopped => FormattableString.Invariant($"it was ended by signal {ExitCode - 128}"),
        _ => FormattableString.Invariant($"it ended with exit code {ExitCode}"),
    }) + (LastErrors.Count > 0 ? $"; its last lines: {DiscreetText.Of(string.Join(" | ", LastErrors))}" : "");
}

/// <summary>How a job's process is started: the program that runs the service, once more, with "job FOLDER".</summary>
internal static class JobProgram
{
    private const string Assembly = "CaptionTL.Cli.dll";

    /// <param name="program">Path of the program's file; null for the one that runs, or lies beside this library.</param>
    /// <param name="folder">The job's folder.</param>
    /// <exception cref="CaptionTLException">There is no such file.</exception>
    public static ProcessStartInfo Start(string? program, string folder)
    {
        // The first argument is the program's assembly, whether dotnet or its own executable has started it.
        var running = Path.GetFullPath(Environment.GetCommandLineArgs()[0]);
        var file = program
            ?? (Path.GetFileName(running) == Assembly ? running : Path.Combine(AppContext.BaseDirectory, Assembly));
        if (!File.Exists(file))
            throw new CaptionTLException($"The program that carries out jobs is not at {file}; "
                + $"{WorkerOptions.Section}:{nameof(WorkerOptions.Program)} sets its path.", isInput: false);
        var command = Command(file, running, Environment.ProcessPath);
        return new ProcessStartInfo(command[0], [.. command[1..], JobProcess.Command, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
            UseShellExecute = false,
            CreateNoWindow = true,
        };
    }

    /// <summary>
    /// The words that start a program: an executable itself, an assembly by its own executable where that runs, or by dotnet.
    /// </summary>
    /// <param name="file">An assembly (.dll) or an executable.</param>
    /// <param name="running">The assembly that runs.</param>
    /// <param name="process">What has started it: dotnet, or an executable of its own.</param>
    internal static string[] Command(string file, string running, string? process)
    {
        if (!file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) return [file];
        if (Path.GetFileNameWithoutExtension(process) == "dotnet") return [process!, file];
        return process is not null && file == running ? [process] : [DotNet, file];
    }

    /// <summary>The dotnet whose runtime this process has.</summary>
    private static string DotNet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..",
        OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
