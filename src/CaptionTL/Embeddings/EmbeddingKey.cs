namespace CaptionTL.Embeddings;

/// <summary>What an embedding is the embedding of.</summary>
/// <param name="Content">SHA-256 of the picture file's bytes.</param>
/// <param name="Encoder">Hash of <see cref="IImageEncoder.Fingerprint"/>.</param>
/// <param name="View">Augmented version of the picture; 0 is the picture itself.</param>
public readonly record struct EmbeddingKey(ContentHash Content, ContentHash Encoder, int View);
