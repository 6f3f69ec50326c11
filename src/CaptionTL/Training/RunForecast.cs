namespace CaptionTL.Training;

/// <summary>How long a run still takes, as far as its own steps and evaluations tell.</summary>
/// <param name="PhaseLeft">Until the phase ends with all its epochs, evaluations included; sooner where it stops early.</param>
/// <param name="Later">Names of the phases after it, whose steps were not timed yet.</param>
public sealed record RunForecast(TimeSpan PhaseLeft, IReadOnlyList<string> Later);
