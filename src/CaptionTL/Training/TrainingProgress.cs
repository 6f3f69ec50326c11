namespace CaptionTL.Training;

/// <summary>Where a training run is.</summary>
public sealed record TrainingProgress
{
    /// <summary>"train" or "evaluate".</summary>
    public required string Activity { get; init; }

    public required string Phase { get; init; }

    /// <summary>From 1; 0 is the evaluation before a phase's first step.</summary>
    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Steps of the phase done, or pictures scored.</summary>
    public required long Done { get; init; }

    public required long Total { get; init; }

    /// <summary>Mean of the loss over the last steps.</summary>
    public double? Loss { get; init; }

    /// <summary>Means of what else the learner tells of its steps.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = TrainingState.NoMeasures;

    public double? LearningRate { get; init; }

    /// <summary>Of the last evaluation.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>The best main score so far.</summary>
    public double? BestScore { get; init; }

    /// <summary>Of the phase's steps since the run was begun or taken up again; null until there were a few.</summary>
    public double? PicturesPerSecond { get; init; }

    /// <summary>Null until some of the phase's steps and an evaluation were timed.</summary>
    public RunForecast? Forecast { get; init; }

    /// <summary>Something the person at the keyboard should know now.</summary>
    public string? Warning { get; init; }
}
