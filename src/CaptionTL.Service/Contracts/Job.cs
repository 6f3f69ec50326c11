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
/// <param name="By">Who asked for it, where keys are asked for.</param>
/// <param name="Created">When it was accepted.</param>
/// <param name="Started">When it first ran.</param>
/// <param name="Finished">When it ended.</param>
/// <param name="Attempts">How often it was begun or taken up again.</param>
/// <param name="Losses">How often its process was lost.</param>
/// <param name="Again">The earlier job that this one repeats.</param>
/// <param name="Progress">The last that was heard of it.</param>
/// <param name="Result">Of a job that succeeded.</param>
/// <param name="Problem">Of a job that failed.</param>
public sealed record Job(
    long Id, JobKind Kind, JobState State, string Data, string? Model, string? PlanName, JsonElement? Plan, JobRequest Request, int Priority, string? By,
    DateTimeOffset Created, DateTimeOffset? Started, DateTimeOffset? Finished, int Attempts, int Losses, long? Again, JobProgress? Progress, JobResult? Result, JobProblem? Problem);
