using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Hosting;
using CaptionTL.Service.Jobs.Running;

namespace CaptionTL.Service.Jobs.Supervision;

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

    /// <summary>Completes when the process is gone and all it said was read.</summary>
    public Task<ChildEnd> Ended { get; }

    /// <summary>Since it last said anything.</summary>
    public TimeSpan Silence => Stopwatch.GetElapsedTime(Volatile.Read(ref _heard));

    /// <summary>Since it last got on.</summary>
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

    /// <summary>The work is the child's for so much longer.</summary>
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
            // It is gone already.
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
            // It is gone, or stopped with its ears full; Ended or the silence tells.
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
            // A native library's own words.
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
/// <param name="Problem">That it told of before.</param>
/// <param name="LastErrors">Its last lines on standard error.</param>
internal sealed record ChildEnd(int ExitCode, JobProblem? Problem, IReadOnlyList<string> LastErrors)
{
    public bool IsDone => ExitCode == JobProcess.Done;

    /// <summary>For people: what happened to it.</summary>
    public string Description => (ExitCode switch
    {
        137 => "it was killed (signal 9): by a person, or by the system for want of memory",
        134 => "it aborted (signal 6), most likely in native code",
        139 => "it crashed (signal 11), in native code",
        > 128 and < 160 and not JobProcess.Stopped => FormattableString.Invariant($"it was ended by signal {ExitCode - 128}"),
        _ => FormattableString.Invariant($"it ended with exit code {ExitCode}"),
    }) + (LastErrors.Count > 0 ? $"; its last words: {DiscreetText.Of(string.Join(" | ", LastErrors))}" : "");
}

/// <summary>
/// How a job's process is started: the service's own program again, wherever this library runs (in tests the host is another one).
/// </summary>
internal static class JobProgram
{
    /// <param name="program">Path of the program's file; CaptionTL.Web.dll beside this library when null.</param>
    /// <param name="folder">The job's.</param>
    /// <exception cref="CaptionTLException">There is no such file.</exception>
    public static ProcessStartInfo Start(string? program, string folder)
    {
        var file = program ?? Path.Combine(AppContext.BaseDirectory, "CaptionTL.Web.dll");
        if (!File.Exists(file))
            throw new CaptionTLException($"The program that carries out jobs is not at {file}; "
                + $"{WorkerOptions.Section}:{nameof(WorkerOptions.Program)} names it.", isInput: false);
        var (command, arguments) = ProgramCommand.Of(file);
        return new ProcessStartInfo(command, [.. arguments, JobProcess.Command, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
            UseShellExecute = false,
            CreateNoWindow = true,
        };
    }
}
