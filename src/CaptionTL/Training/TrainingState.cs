namespace CaptionTL.Training;

/// <summary>Where a run stands, apart from its tensors: all that a checkpoint must hold for the run to go on to the same bits.</summary>
public sealed record TrainingState
{
    /// <summary>Index of the phase.</summary>
    public int Phase { get; init; }

    /// <summary>Epochs of the phase done.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of the epoch done.</summary>
    public int Batch { get; init; }

    /// <summary>Steps of the phase done.</summary>
    public long Step { get; init; }

    /// <summary>The best main score on the dev split so far.</summary>
    public double? BestScore { get; init; }

    /// <summary>Epochs since <see cref="BestScore"/>.</summary>
    public int EpochsWithoutBetter { get; init; }

    public RunScores? Scores { get; init; }

    /// <summary>Moving mean of the loss, for display.</summary>
    public double? Loss { get; init; }

    /// <summary>Moving means of the other numbers that the learner tells of its steps, by their names in metrics.jsonl.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = NoMeasures;

    public bool Finished { get; init; }

    /// <summary>Seconds spent so far, over all starts.</summary>
    public double Seconds { get; init; }

    internal static IReadOnlyDictionary<string, double> NoMeasures { get; } = new Dictionary<string, double>();

    /// <summary>One batch further.</summary>
    internal TrainingState After(LearnerStep step) => this with
    {
        Batch = Batch + 1,
        Step = Step + 1,
        Loss = Moving(Loss, step.Loss),
        Measures = step.Measures.ToDictionary(m => m.Key, m => Moving(Measures.TryGetValue(m.Key, out var mean) ? mean : null, m.Value), StringComparer.Ordinal),
    };

    private static double Moving(double? mean, double value) => mean is { } before ? 0.98 * before + 0.02 * value : value;
}
