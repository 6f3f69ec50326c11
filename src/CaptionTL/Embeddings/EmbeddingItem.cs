using CaptionTL.Datasets;

namespace CaptionTL.Embeddings;

/// <summary>A picture to embed.</summary>
/// <param name="Id">Names it in reports.</param>
/// <param name="Source">Where its bytes are.</param>
public sealed record EmbeddingItem(string Id, PictureSource Source);
