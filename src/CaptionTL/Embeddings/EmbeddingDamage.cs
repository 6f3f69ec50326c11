namespace CaptionTL.Embeddings;

/// <summary>A file of the cache that is not as it was written.</summary>
/// <param name="File">Full path.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Embeddings">How many embeddings it holds or held.</param>
/// <param name="Dropped">True where they were taken out of the index, so that they are computed again.</param>
public sealed record EmbeddingDamage(string File, string Reason, int Embeddings, bool Dropped);
