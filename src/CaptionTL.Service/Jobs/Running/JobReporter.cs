using System.Diagnostics;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>The library's progress for the parent: at most five lines a second, with rate and time left.</summary>
internal sealed class JobReporter(JobOutput output, string folder) : IProgress<RunProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly SampleFiles _samples = new(folder);
    private string? _phase;
    private long _phaseDone;
    private long _phaseStarted;
    private long _written;

    public void Report(RunProgress value)
    {
        lock (_gate)
        {
            if (value.Message is { } message) output.Write(new JobMessage { Log = DiscreetText.Of(message) });
            var now = Stopwatch.GetTimestamp();
            var changed = value.Phase != _phase || value.Done < _phaseDone;
            if (changed) (_phase, _phaseDone, _phaseStarted) = (value.Phase, value.Done, now);
            if (!changed && value.Done != value.Total && Stopwatch.GetElapsedTime(_written, now) < Pause) return;
            _written = now;
            output.Write(new JobMessage { Progress = Describe(value, Stopwatch.GetElapsedTime(_phaseStarted, now), changed) });
        }
    }

    private JobProgress Describe(RunProgress value, TimeSpan elapsed, bool changed)
    {
        var rate = elapsed.TotalSeconds > 0.5 && value.Done > _phaseDone ? (value.Done - _phaseDone) / elapsed.TotalSeconds
            : (double?)null;
        return new JobProgress(DiscreetText.Of(value.Phase), value.Done, value.Total, value.Unit)
        {
            Rate = rate is { } r ? Math.Round(r, 2) : null,
            SecondsLeft = rate is > 0 && value.Total > 0 ? Math.Round((value.Total - value.Done) / rate.Value, 1) : null,
            PlanPhaseSecondsLeft = value.Forecast is { } forecast ? Math.Round(forecast.PhaseLeft.TotalSeconds, 1) : null,
            LaterPhases = value.Forecast?.Later,
            Fields = [.. value.Fields.Select(f => new JobField(f.Name, f.Value))],
            Samples = _samples.Latest(changed),
        };
    }
}

/// <summary>The samples that a run leaves after each epoch: samples/PHASE-EPOCH.json.</summary>
internal sealed class SampleFiles(string folder)
{
    private const int Shown = 5;

    private IReadOnlyList<JobSample>? _latest;
    private DateTime _written;

    /// <summary>Some of the newest samples of any run below the folder.</summary>
    /// <param name="look">Whether there may be newer ones than the last time.</param>
    public IReadOnlyList<JobSample>? Latest(bool look)
    {
        if (!look) return _latest;
        var newest = Directory.EnumerateDirectories(folder, "samples", SearchOption.AllDirectories).SelectMany(Files)
            .Select(p => (Path: p, Written: File.GetLastWriteTimeUtc(p)))
            .OrderByDescending(p => p.Written).FirstOrDefault();
        if (newest.Path is null || newest.Written == _written) return _latest;
        _written = newest.Written;
        return _latest = [.. Read(newest.Path).Take(Shown)];
    }

    /// <summary>All of a run, in the order they were written.</summary>
    public static IReadOnlyList<RunSamples> All(string run)
    {
        var samples = Path.Combine(run, "samples");
        return Directory.Exists(samples) ? [.. Files(samples).OrderBy(File.GetLastWriteTimeUtc)
            .Select(p => new RunSamples(Path.GetFileNameWithoutExtension(p), Read(p)))] : [];
    }

    private static IEnumerable<string> Files(string samples) => Directory.EnumerateFiles(samples, "*.json");

    private static IReadOnlyList<JobSample> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<List<JobSample>>(File.ReadAllText(path), Json.Lenient) ?? [];
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return []; // samples are not worth a failure
        }
    }
}

/// <summary>A line on a job process's standard output. An empty one is a heartbeat.</summary>
internal sealed record JobMessage
{
    public JobProgress? Progress { get; init; }

    /// <summary>A line for the job's log.</summary>
    public string? Log { get; init; }

    /// <summary>Why the job fails however often it is tried.</summary>
    public JobProblem? Problem { get; init; }
}

/// <summary>Lines to the parent, from any thread; a heartbeat every second.</summary>
internal sealed class JobOutput : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly StreamWriter _writer = new(Console.OpenStandardOutput()) { AutoFlush = true };
    private readonly Timer _heart;

    public JobOutput() => _heart = new Timer(_ => Write(new JobMessage()), null, TimeSpan.Zero, Beat);

    public void Write(JobMessage message)
    {
        try
        {
            lock (_gate) _writer.WriteLine(JsonSerializer.Serialize(message, Json.Compact));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The parent has ended; ParentWatch stops the work.
        }
    }

    public void Dispose()
    {
        _heart.Dispose();
        lock (_gate) _writer.Dispose();
    }
}
