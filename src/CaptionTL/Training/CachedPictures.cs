using CaptionTL.Embeddings;

namespace CaptionTL.Training;

/// <summary>The embeddings of a split as they lie in the cache, mapped into memory.</summary>
/// <param name="table">Row picture · views + view.</param>
/// <param name="views">Of every picture.</param>
public sealed class CachedPictures(EmbeddingTable table, int views) : IPictureEmbeddings, IDisposable
{
    public int Pictures => table.Count / views;

    public int Views => views;

    public int Cells => table.Cells;

    public int Channels => table.Channels;

    public void CopyTo(int picture, int view, Span<Half> destination) => table[picture * views + view].CopyTo(destination);

    public void Dispose() => table.Dispose();
}
