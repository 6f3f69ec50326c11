namespace CaptionTL.Service.Contracts;

/// <summary>Some of the jobs, the latest first.</summary>
/// <param name="Total">Jobs in all that fit.</param>
/// <param name="Offset">Jobs left out before these.</param>
/// <param name="Jobs">At most as many as asked for.</param>
public sealed record JobPage(int Total, int Offset, IReadOnlyList<Job> Jobs);
