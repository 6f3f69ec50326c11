namespace CaptionTL.Service.Contracts;

/// <summary>Why a job failed.</summary>
/// <param name="Code">For programs: "input", "process_lost", "failed".</param>
/// <param name="Message">For people.</param>
/// <param name="Hint">What to do.</param>
public sealed record JobProblem(string Code, string Message, string? Hint = null);
