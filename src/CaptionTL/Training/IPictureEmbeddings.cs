namespace CaptionTL.Training;

/// <summary>Embeddings of the pictures of a split, several views of each.</summary>
public interface IPictureEmbeddings
{
    int Pictures { get; }

    int Views { get; }

    /// <summary>Cells of the grid.</summary>
    int Cells { get; }

    int Channels { get; }

    /// <summary>Copies one embedding, (cells, channels) row by row. Safe to call from several threads.</summary>
    void CopyTo(int picture, int view, Span<Half> destination);
}
