namespace CaptionTL.Cli.Output;

/// <summary>Units of work a second over the last half minute, so that a slow start or a pause is soon forgotten.</summary>
internal sealed class RateMeter(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Queue<(long Time, long Done)> _samples = new();
    private (long Time, long Done) _last;

    public void Add(long done)
    {
        _last = (clock.GetTimestamp(), done);
        // One sample a quarter of a second is enough; the oldest one kept is the one just outside the window.
        if (_samples.Count == 0 || clock.GetElapsedTime(_samples.Last().Time, _last.Time) >= TimeSpan.FromSeconds(0.25)) _samples.Enqueue(_last);
        while (_samples.Count > 2 && clock.GetElapsedTime(_samples.ElementAt(1).Time, _last.Time) > Window) _samples.Dequeue();
    }

    /// <summary>Units a second, or null before there is anything to measure.</summary>
    public double? PerSecond
    {
        get
        {
            if (_samples.Count == 0) return null;
            var first = _samples.Peek();
            var seconds = clock.GetElapsedTime(first.Time, _last.Time).TotalSeconds;
            return seconds > 0 && _last.Done > first.Done ? (_last.Done - first.Done) / seconds : null;
        }
    }
}
