namespace CaptionTL.Cli.Output;

/// <summary>Where one phase of the work stands.</summary>
internal sealed class ProgressPhase(string name, string unit, TimeProvider clock)
{
    private readonly RateMeter _rate = new(clock);
    private readonly long _start = clock.GetTimestamp();

    public string Name => name;

    public long Done { get; private set; }

    /// <summary>Null where it is not known how much there is.</summary>
    public long? Total { get; private set; }

    public IReadOnlyList<(string Name, string Value)> Fields { get; private set; } = [];

    public bool IsComplete => Done >= Total;

    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    public void Update(long done, long? total, IReadOnlyList<(string Name, string Value)> fields)
    {
        (Done, Total, Fields) = (done, total, fields);
        _rate.Add(done);
    }

    /// <summary>1200/7000 images (17 %), 41.3 images/s, 2 min 21 s left, loss 2.31</summary>
    public string Describe()
    {
        var parts = new List<string> { Total is > 0 ? $"{Done}/{Total} {unit} ({100 * Done / Total} %)" : $"{Done} {unit}" };
        if (_rate.PerSecond is { } rate) parts.Add($"{Units.Number(rate)} {unit}/s");
        if (TimeLeft is { } left) parts.Add($"{Units.Duration(left)} left");
        parts.AddRange(Fields.Select(field => $"{field.Name} {field.Value}"));
        return string.Join(", ", parts);
    }

    private TimeSpan? TimeLeft => !IsComplete && Total is { } total && _rate.PerSecond is { } rate && (total - Done) / rate is < 1e8 and var seconds
        ? TimeSpan.FromSeconds(seconds) : null;
}
