namespace CaptionTL.Training;

/// <summary>Embeddings of the pictures of a split, several views of each.</summary>
public interface IPictureEmbeddings
{
    int Pictures { get; }

    /// <summary>Of each picture; where they are made on demand there is no end to them.</summary>
    int Views { get; }

    /// <summary>Cells of the grid.</summary>
    int Cells { get; }

    int Channels { get; }

    /// <summary>Copies one embedding, (cells, channels) row by row. Safe to call from several threads.</summary>
    void CopyTo(int picture, int view, Span<Half> destination);

    /// <summary>Copies the embeddings of a batch, one after the other; called from one thread at a time.</summary>
    void CopyTo(IReadOnlyList<(int Picture, int View)> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        for (var i = 0; i < rows.Count; i++) CopyTo(rows[i].Picture, rows[i].View, destination.Slice(i * size, size));
    }
}
