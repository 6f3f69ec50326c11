namespace CaptionTL.Service.Contracts;

/// <summary>Where a job's work is.</summary>
/// <param name="Phase">What is being done: "embed train", "main, epoch 3 of 8".</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 where that is not known.</param>
/// <param name="Unit">"pictures", "steps", "bytes".</param>
public sealed record JobProgress(string Phase, long Done, long Total, string Unit)
{
    /// <summary>Units a second, of this phase since the job was begun or taken up again.</summary>
    public double? Rate { get; init; }

    /// <summary>Until the phase ends, at this rate.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>Of a training, until this phase of its plan ends with all its epochs and their scoring; sooner where it stops early.</summary>
    public double? PlanPhaseSecondsLeft { get; init; }

    /// <summary>Names of the plan's phases that come after.</summary>
    public IReadOnlyList<string>? LaterPhases { get; init; }

    /// <summary>What else there is to say, in order: loss, last scores.</summary>
    public IReadOnlyList<JobField> Fields { get; init; } = [];

    /// <summary>Some answers of the model as it is now, for dev pictures.</summary>
    public IReadOnlyList<JobSample>? Samples { get; init; }
}
