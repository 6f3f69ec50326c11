using System.Diagnostics;

namespace CaptionTL.Benchmarks;

/// <summary>How long answers took; from several threads.</summary>
internal sealed class Latencies
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<double> _milliseconds = [];
    private TimeSpan _last;

    public void Add(TimeSpan time)
    {
        lock (_milliseconds)
        {
            _milliseconds.Add(time.TotalMilliseconds);
            _last = _clock.Elapsed;
        }
    }

    public double PerSecond => _milliseconds.Count / _last.TotalSeconds;

    /// <param name="share">0.5 is the median.</param>
    public double Milliseconds(double share) =>
        _milliseconds.Order().ElementAt((int)Math.Min(_milliseconds.Count - 1, share * _milliseconds.Count));
}
