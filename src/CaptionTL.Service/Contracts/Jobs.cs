using System.Text.Json;

namespace CaptionTL.Service.Contracts;

/// <summary>A job as it is now.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What it does.</param>
/// <param name="State">Where it is.</param>
/// <param name="Data">The data set with its version.</param>
/// <param name="Model">The model that is made, or asked.</param>
/// <param name="PlanName">Name of the plan; null where it was given as a whole.</param>
/// <param name="Plan">The plan with all changes.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Priority">Higher ones run first.</param>
/// <param name="By">Who asked for it, where API keys are required.</param>
/// <param name="Created">When it was accepted.</param>
/// <param name="Started">When it first ran.</param>
/// <param name="Finished">When it ended.</param>
/// <param name="Attempts">How often it was begun or taken up again.</param>
/// <param name="Losses">How often its process was lost.</param>
/// <param name="Again">The earlier job that this one repeats.</param>
/// <param name="Progress">The last progress it reported.</param>
/// <param name="Result">What a job that succeeded has made.</param>
/// <param name="Problem">Why a job failed.</param>
public sealed record Job(
    long Id, JobKind Kind, JobState State, string Data, string? Model, string? PlanName, JsonElement? Plan, JobRequest Request,
    int Priority, string? By, DateTimeOffset Created, DateTimeOffset? Started, DateTimeOffset? Finished, int Attempts, int Losses,
        long? Again,
    JobProgress? Progress, JobResult? Result, JobProblem? Problem);

/// <summary>What a job does.</summary>
public enum JobKind
{
    /// <summary>Fills the embedding cache ahead of training.</summary>
    Embed,

    /// <summary>Carries out a plan; its model is registered.</summary>
    Train,

    /// <summary>Scores a model on a data set.</summary>
    Evaluate,

    /// <summary>Carries out several plans within a time limit; the model of the recommended one is registered.</summary>
    Race,

    /// <summary>Captions or classifies all images of a data set into a file.</summary>
    Caption,
}

/// <summary>Where a job is.</summary>
public enum JobState
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>A worker carries it out.</summary>
    Running,

    /// <summary>Writes its checkpoint, then stops.</summary>
    Pausing,

    /// <summary>Stopped with a checkpoint; continues when resumed.</summary>
    Paused,

    /// <summary>Being stopped.</summary>
    Cancelling,

    /// <summary>Stopped for good unless resumed; its checkpoint is kept.</summary>
    Cancelled,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Ended with a problem; resuming tries once more from its checkpoint.</summary>
    Failed,
}

/// <summary>Body of POST /api/v1/jobs. Settings that a kind of job does not have must be left out.</summary>
public sealed record JobRequest : JobSettings
{
    public required JobKind Kind { get; init; }

    /// <summary>Name of a data set; "flowers@3" is a version of it.</summary>
    public required string Data { get; init; }
}

/// <summary>How a job does its work; each kind has some of these settings.</summary>
public abstract record JobSettings
{
    /// <summary>
    /// train, race: name of the model that is made; the data set's when null. evaluate, caption: the model that is asked, "bees" or
    /// "bees@3".
    /// </summary>
    public string? Model { get; init; }

    /// <summary>
    /// train, embed: name of a plan ("features+logistic") or a whole plan as an object; the default for the data when null.
    /// </summary>
    public JsonElement? Plan { get; init; }

    /// <summary>train, embed: changes of the plan, each PATH=VALUE: "phases[0].epochs=5".</summary>
    public IReadOnlyList<string>? Set { get; init; }

    /// <summary>race: names of plans; all for this kind of data when null.</summary>
    public IReadOnlyList<string>? Plans { get; init; }

    /// <summary>race: time for all plans together, minutes; 30 when null.</summary>
    public double? Minutes { get; init; }

    /// <summary>race: each plan also on 10, 25 and 50 % of the training images.</summary>
    public bool? LearningCurve { get; init; }

    /// <summary>
    /// evaluate: "train", "dev", "test" or "all"; when null the official test images, if there are none the dev images of the model's own
    /// run, otherwise all.
    /// </summary>
    public string? Split { get; init; }

    /// <summary>evaluate, caption: width of the beam search; the model's own when null.</summary>
    public int? Beam { get; init; }

    /// <summary>caption: captions, or classes, for each image; 1 when null.</summary>
    public int? Best { get; init; }

    /// <summary>train, race: use the new version from now on; when null only where the model has no other version.</summary>
    public bool? Promote { get; init; }

    /// <summary>-100 to 100; higher ones run first. 0 when null.</summary>
    public int? Priority { get; init; }
}

/// <summary>A number that a job reports, as text.</summary>
/// <param name="Name">"loss", "CIDEr-D".</param>
/// <param name="Value">"2.413".</param>
public sealed record JobField(string Name, string Value);

/// <summary>
/// Body of POST /api/v1/jobs/{id}/again: what is different this time; what is null stays as it was. "set" changes the earlier job's plan,
/// or the plan given here.
/// </summary>
public sealed record JobChanges : JobSettings
{
    /// <summary>Another data set, or another version of it.</summary>
    public string? Data { get; init; }
}

/// <summary>Some of the jobs, the latest first.</summary>
/// <param name="Total">All jobs that match.</param>
/// <param name="Offset">Jobs skipped before these.</param>
/// <param name="Jobs">At most as many as asked for.</param>
public sealed record JobPage(int Total, int Offset, IReadOnlyList<Job> Jobs);

/// <summary>Why a job failed.</summary>
/// <param name="Code">For programs: "input", "process_lost", "failed".</param>
/// <param name="Message">For people.</param>
/// <param name="Hint">What to do.</param>
public sealed record JobProblem(string Code, string Message, string? Hint = null);
