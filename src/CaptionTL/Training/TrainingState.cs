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

    public bool Finished { get; init; }

    /// <summary>Seconds spent so far, over all starts.</summary>
    public double Seconds { get; init; }
}
