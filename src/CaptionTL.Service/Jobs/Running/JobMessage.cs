using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A line on a job process's standard output. One with nothing in it is a heartbeat.</summary>
internal sealed record JobMessage
{
    public JobProgress? Progress { get; init; }

    /// <summary>A line for the job's log.</summary>
    public string? Log { get; init; }

    /// <summary>Why the job cannot be done, however often it is tried.</summary>
    public JobProblem? Problem { get; init; }
}
