namespace CaptionTL.Service.Contracts;

/// <summary>A part of a job's log.</summary>
/// <param name="Lines">In order.</param>
/// <param name="Next">To be passed as "after" for the lines that come next.</param>
public sealed record JobLog(IReadOnlyList<JobLogLine> Lines, long Next);
