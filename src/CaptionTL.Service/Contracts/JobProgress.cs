namespace CaptionTL.Service.Contracts;

/// <summary>Where a job's work is.</summary>
/// <param name="Phase">What is being done: "embed train", "main, epoch 3 of 8".</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 where that is not known.</param>
/// <param name="Unit">"images", "steps", "bytes".</param>
public sealed record JobProgress(string Phase, long Done, long Total, string Unit)
{
    /// <summary>Units a second, of this phase since the job was begun or taken up again.</summary>
    public double? Rate { get; init; }

    /// <summary>Until the phase ends, at this rate.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>
    /// Of a training, until this phase of its plan ends with all its epochs and their scoring; sooner where it stops early.
    /// </summary>
    public double? PlanPhaseSecondsLeft { get; init; }

    /// <summary>Names of the plan's phases that come after.</summary>
    public IReadOnlyList<string>? LaterPhases { get; init; }

    /// <summary>What else there is to say, in order: loss, last scores.</summary>
    public IReadOnlyList<JobField> Fields { get; init; } = [];

    /// <summary>Some answers of the model as it is now, for dev images.</summary>
    public IReadOnlyList<JobSample>? Samples { get; init; }
}

/// <summary>A part of a job's log.</summary>
/// <param name="Lines">In order.</param>
/// <param name="Next">To be passed as "after" for the lines that come next.</param>
public sealed record JobLog(IReadOnlyList<JobLogLine> Lines, long Next);

/// <summary>A line of a job's log.</summary>
/// <param name="Number">Grows from line to line; not without gaps.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Attempt">Of the job.</param>
/// <param name="Text">For people.</param>
public sealed record JobLogLine(long Number, DateTimeOffset Time, int Attempt, string Text);

/// <summary>What a job has made.</summary>
public sealed record JobResult
{
    /// <summary>"caption" or "classify".</summary>
    public string? Task { get; init; }

    /// <summary>The registered model (train, race).</summary>
    public string? Model { get; init; }

    /// <summary>Its version.</summary>
    public int? Version { get; init; }

    /// <summary>On the dev split (train, race), or the split that was asked for (evaluate), by name; the main one first.</summary>
    public IReadOnlyDictionary<string, double>? Scores { get; init; }

    /// <summary>Name of the score that counts.</summary>
    public string? MainScore { get; init; }

    /// <summary>evaluate: which images were scored.</summary>
    public string? Split { get; init; }

    /// <summary>Images embedded, scored or captioned.</summary>
    public int? Images { get; init; }

    /// <summary>embed: embeddings computed; the others were in the cache.</summary>
    public int? Computed { get; init; }

    /// <summary>Images that could not be read.</summary>
    public int Skipped { get; init; }

    /// <summary>Seconds of the last attempt.</summary>
    public double Seconds { get; init; }

    /// <summary>race: how each plan did.</summary>
    public IReadOnlyList<RaceRow>? Race { get; init; }

    /// <summary>race: the plan to take.</summary>
    public string? Recommended { get; init; }

    /// <summary>A page with scores and images is at /api/v1/runs/{id}/report.</summary>
    public bool Report { get; init; }

    /// <summary>The answers are at /api/v1/jobs/{id}/answers.</summary>
    public bool Answers { get; init; }
}

/// <summary>What the model being trained says of a dev image.</summary>
/// <param name="Id">The image's name in its data set.</param>
public sealed record JobSample(string Id)
{
    public string? Caption { get; init; }

    /// <summary>Of <see cref="Caption"/> against <see cref="References"/>.</summary>
    public double? CiderD { get; init; }

    /// <summary>Captions that people wrote.</summary>
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>The class that people gave.</summary>
    public string? Truth { get; init; }

    /// <summary>The class that the model gives.</summary>
    public string? Predicted { get; init; }

    /// <summary>Of <see cref="Predicted"/>.</summary>
    public double? Probability { get; init; }
}

/// <summary>How a plan did in a race.</summary>
/// <param name="Plan">Its name.</param>
/// <param name="TrainShare">Of the training images that it learned from, 0 to 1.</param>
/// <param name="Outcome">"finished", "cutOff" or "notBegun".</param>
/// <param name="Scores">On the dev split; null where it did not come to its end.</param>
/// <param name="Seconds">It took.</param>
/// <param name="Bytes">Size of its model.</param>
public sealed record RaceRow(string Plan, double TrainShare, string Outcome, IReadOnlyDictionary<string, double>? Scores, double Seconds,
    long Bytes);
