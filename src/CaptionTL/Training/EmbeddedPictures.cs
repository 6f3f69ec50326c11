using CaptionTL.Embeddings;

namespace CaptionTL.Training;

/// <summary>Pictures that have embeddings.</summary>
/// <param name="Kept">Positions of those that could be read, in order.</param>
/// <param name="Embeddings">In the same order.</param>
/// <param name="Built">What was computed, what was skipped and why.</param>
public sealed record EmbeddedPictures(IReadOnlyList<int> Kept, CachedPictures Embeddings, EmbeddingBuildResult Built) : IDisposable
{
    public void Dispose() => Embeddings.Dispose();
}
