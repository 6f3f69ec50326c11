namespace CaptionTL.Service.Contracts;

/// <summary>Dev pictures of a run, the surest answers first.</summary>
/// <param name="Total">Pictures in all.</param>
/// <param name="Offset">Pictures left out before these.</param>
/// <param name="Pictures">At most as many as asked for.</param>
public sealed record ConfusedPictures(int Total, int Offset, IReadOnlyList<JobSample> Pictures);
