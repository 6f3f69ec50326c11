namespace CaptionTL.Backbones;

/// <summary>What a picture becomes where a backbone is cut: the grid behind a block.</summary>
/// <param name="Name">The block, which is still computed.</param>
/// <param name="Channels">Numbers a cell.</param>
/// <param name="Height">Rows of the grid.</param>
/// <param name="Width">Columns of the grid.</param>
public sealed record BackboneCut(string Name, int Channels, int Height, int Width)
{
    private const int BytesANumber = 2; // the embedding cache holds fp16

    /// <param name="block">The last that was computed.</param>
    /// <param name="grid">Sizes of its output, (C, h, w).</param>
    internal static BackboneCut Of(BackboneBlock block, long[] grid) => new(block.Name, (int)grid[0], (int)grid[1], (int)grid[2]);

    /// <summary>Places of the grid.</summary>
    public int Cells => Height * Width;

    /// <summary>Bytes that a picture's whole grid takes in the embedding cache (fp16).</summary>
    public long EmbeddingBytes => (long)BytesANumber * Channels * Cells;

    /// <summary>Bytes that a picture takes when the grid is pooled to one number a channel (fp16).</summary>
    public long PooledBytes => (long)BytesANumber * Channels;
}
