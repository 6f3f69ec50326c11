namespace CaptionTL.Training;

/// <summary>What one step of a learner found.</summary>
/// <param name="Loss">Made smaller.</param>
public sealed record LearnerStep(float Loss)
{
    /// <summary>Other numbers, the same in every step of a phase, by the names they have in metrics.jsonl; their means are shown and kept.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;
}
