namespace CaptionTL.Training;

/// <summary>Times the steps and evaluations of a phase.</summary>
internal sealed class PhaseClock(TimeProvider clock)
{
    // The first ones make room and warm up.
    private const int Enough = 5;

    private long _since = clock.GetTimestamp();
    private double _stepping;
    private long _steps;
    private long _pictures;
    private double? _evaluating;

    /// <summary>Of the steps; null until there were a few.</summary>
    public double? PicturesPerSecond => _steps >= Enough && _stepping > 0 ? _pictures / _stepping : null;

    /// <param name="pictures">Of the batch.</param>
    public void StepDone(int pictures)
    {
        _stepping += Lap();
        _steps++;
        _pictures += pictures;
    }

    public void EvaluationDone() => _evaluating = Lap();

    /// <summary>How long so much work takes; null until some of each kind was done.</summary>
    public TimeSpan? Time(long steps, double evaluations) =>
        _steps >= Enough && _evaluating is { } each ? TimeSpan.FromSeconds(steps * _stepping / _steps + evaluations * each) : null;

    private double Lap()
    {
        var now = clock.GetTimestamp();
        var lap = clock.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
        return lap;
    }
}
