namespace CaptionTL.Training;

/// <summary>Where long work is, for whoever shows it.</summary>
/// <param name="Phase">What is being done: "embed train", "main, epoch 3 of 8".</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Unit">"pictures", "steps", "bytes".</param>
public sealed record RunProgress(string Phase, long Done, long Total, string Unit)
{
    /// <summary>What else there is to say: loss, last scores.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>Of a training, once it can be told.</summary>
    public RunForecast? Forecast { get; init; }

    /// <summary>A line that should stay: a warning, a skipped picture.</summary>
    public string? Message { get; init; }
}
