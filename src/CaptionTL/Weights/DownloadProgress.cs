namespace CaptionTL.Weights;

/// <summary>How far a download is.</summary>
/// <param name="Name">The weights' name.</param>
/// <param name="Received">Bytes on this machine, those of an earlier try included.</param>
/// <param name="Total">Bytes of the whole file, where known.</param>
/// <param name="BytesPerSecond">Mean of this try.</param>
public sealed record DownloadProgress(string Name, long Received, long? Total, double BytesPerSecond);
