namespace CaptionTL.Training;

/// <summary>What an evaluation on the dev split found.</summary>
/// <param name="Scores">Numbers.</param>
/// <param name="Samples">Some answers, for the run folder's samples.</param>
/// <param name="Warning">Something the person at the keyboard should know now.</param>
public sealed record LearnerEvaluation(RunScores Scores, object Samples, string? Warning = null)
{
    /// <summary>Other numbers that are logged and choose nothing, by the names they have in metrics.jsonl.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;
}
