using System.Diagnostics;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Serving;

/// <summary>Where the time of a request goes; pictures report from several threads, the longest of each stage counts.</summary>
internal sealed class AnswerClock
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _read, _wait, _model;

    public void Read(TimeSpan time)
    {
        lock (_lock) _read = Longer(_read, time);
    }

    public void Model(TimeSpan wait, TimeSpan model)
    {
        lock (_lock) (_wait, _model) = (Longer(_wait, wait), Longer(_model, model));
    }

    public AnswerTiming Timing()
    {
        lock (_lock) return new AnswerTiming(Milliseconds(_read), Milliseconds(_wait), Milliseconds(_model), Milliseconds(Stopwatch.GetElapsedTime(_begun)));
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
}
