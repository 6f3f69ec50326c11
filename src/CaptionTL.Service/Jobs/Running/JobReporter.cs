using System.Diagnostics;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>The library's progress for the parent: a few lines a second, with rate and time left.</summary>
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
        var rate = elapsed.TotalSeconds > 0.5 && value.Done > _phaseDone ? (value.Done - _phaseDone) / elapsed.TotalSeconds : (double?)null;
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
