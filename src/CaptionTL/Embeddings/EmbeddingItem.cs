using CaptionTL.Datasets;

namespace CaptionTL.Embeddings;

/// <summary>A picture to embed.</summary>
/// <param name="Id">Names it in reports.</param>
/// <param name="Source">Where its bytes are.</param>
public sealed record EmbeddingItem(string Id, PictureSource Source)
{
    /// <summary>Pictures of a data set, in their order.</summary>
    public static IReadOnlyList<EmbeddingItem> Of(IEnumerable<DatasetItem> pictures) => [.. pictures.Select(p => new EmbeddingItem(p.Id, p.Source))];
}
