namespace CaptionTL.Service.Jobs;

/// <summary>A worker's right to a job until it runs out or is renewed.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Token">Fencing token; who holds an older one than the table can change nothing.</param>
/// <param name="Until">The right's end unless renewed.</param>
internal sealed record JobLease(long JobId, long Token, DateTimeOffset Until);
