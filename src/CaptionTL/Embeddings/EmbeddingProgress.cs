namespace CaptionTL.Embeddings;

/// <summary>How far embedding is.</summary>
/// <param name="Done">Embeddings computed in this run.</param>
/// <param name="Total">Embeddings that this run has to compute; shrinks where pictures turn out to be known, double or broken.</param>
/// <param name="PerSecond">Mean of this run.</param>
/// <param name="Remaining">At that rate; null before the first batch.</param>
/// <param name="Skipped">Pictures that could not be read so far.</param>
public sealed record EmbeddingProgress(int Done, int Total, double PerSecond, TimeSpan? Remaining, int Skipped);
