using CaptionTL.Evaluation;

namespace CaptionTL.Training;

/// <summary>Where a training run is.</summary>
public sealed record TrainingProgress
{
    /// <summary>"train" or "evaluate".</summary>
    public required string Activity { get; init; }

    public required string Phase { get; init; }

    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Steps of the phase done, or pictures captioned.</summary>
    public required long Done { get; init; }

    public required long Total { get; init; }

    /// <summary>Mean of the loss over the last steps, nats a word.</summary>
    public double? Loss { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>Of the last evaluation.</summary>
    public CaptionScores? Scores { get; init; }

    /// <summary>The best CIDEr-D so far.</summary>
    public double? BestCiderD { get; init; }

    /// <summary>Something the person at the keyboard should know now.</summary>
    public string? Warning { get; init; }
}
