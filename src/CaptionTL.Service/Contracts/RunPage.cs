namespace CaptionTL.Service.Contracts;

/// <summary>Some of the runs, the latest first.</summary>
/// <param name="Total">Runs in all.</param>
/// <param name="Offset">Runs left out before these.</param>
/// <param name="Runs">At most as many as asked for.</param>
public sealed record RunPage(int Total, int Offset, IReadOnlyList<Run> Runs);
