namespace CaptionTL.Service.Contracts;

/// <summary>A line of a job's log.</summary>
/// <param name="Number">Grows from line to line; not without gaps.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Attempt">Of the job.</param>
/// <param name="Text">For people.</param>
public sealed record JobLogLine(long Number, DateTimeOffset Time, int Attempt, string Text);
