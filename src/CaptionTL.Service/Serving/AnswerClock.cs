using System.Diagnostics;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>Where the time of a request goes; images report from several threads, the longest of each stage counts.</summary>
/// <param name="task">"caption" or "classify".</param>
/// <param name="metrics">Hears of every image.</param>
internal sealed class AnswerClock(string task, ServiceMetrics metrics)
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _read, _wait, _model;

    public void Read(TimeSpan time)
    {
        metrics.Stage(task, "read", time);
        lock (_lock) _read = Longer(_read, time);
    }

    public void Model(TimeSpan wait, TimeSpan model)
    {
        metrics.Stage(task, "wait", wait);
        metrics.Stage(task, "model", model);
        lock (_lock) (_wait, _model) = (Longer(_wait, wait), Longer(_model, model));
    }

    /// <summary>Counts an image that got its answer.</summary>
    public void Answered(bool cached) => metrics.Images(task, cached ? "cached" : "answered");

    /// <summary>Counts an image that got no answer; always true, to stand in a filter.</summary>
    public bool Failed(Exception failure)
    {
        metrics.Images(task, failure switch { OperationCanceledException => "cancelled", ApiException { Status: 503 } => "refused",
            _ => "failed" });
        return true;
    }

    public AnswerTiming Timing()
    {
        lock (_lock)
            return new AnswerTiming(Milliseconds(_read), Milliseconds(_wait), Milliseconds(_model),
                Milliseconds(Stopwatch.GetElapsedTime(_begun)));
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
}
