namespace CaptionTL.Embeddings;

/// <summary>What pruning did.</summary>
/// <param name="Shards">Files removed.</param>
/// <param name="Embeddings">Embeddings removed.</param>
/// <param name="Bytes">Freed.</param>
/// <param name="InUse">Files that another process (or this one) was reading; they stay.</param>
public sealed record EmbeddingPruneResult(int Shards, int Embeddings, long Bytes, int InUse);
