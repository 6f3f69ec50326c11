using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>What an image becomes where a backbone is cut: the grid behind a block.</summary>
/// <param name="Name">The block, which is still computed.</param>
/// <param name="Channels">Numbers a cell.</param>
/// <param name="Height">Rows of the grid.</param>
/// <param name="Width">Columns of the grid.</param>
public sealed record BackboneCut(string Name, int Channels, int Height, int Width)
{
    private const int BytesANumber = 2; // the embedding cache holds fp16

    /// <param name="block">The last that was computed.</param>
    /// <param name="grid">Sizes of its output, (C, h, w).</param>
    internal static BackboneCut Of(string block, long[] grid) => new(block, (int)grid[0], (int)grid[1], (int)grid[2]);

    /// <summary>Places of the grid.</summary>
    public int Cells => Height * Width;

    /// <summary>Bytes that an image's whole grid takes in the embedding cache (fp16).</summary>
    public long EmbeddingBytes => (long)BytesANumber * Channels * Cells;

    /// <summary>Bytes that an image takes when the grid is pooled to one number a channel (fp16).</summary>
    public long PooledBytes => (long)BytesANumber * Channels;
}

/// <summary>The places where a backbone can be cut, with the size of the embedding there.</summary>
public static class BackboneCuts
{
    /// <summary>
    /// Every block in order of computation, or the blocks up to and including <paramref name="upTo"/>; later ones are not computed.
    /// </summary>
    /// <param name="network">Its weights do not matter.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    /// <param name="upTo">The last block to compute; all when null.</param>
    /// <exception cref="CaptionTLException">There is no such block, or the architecture does not take this size.</exception>
    public static IReadOnlyList<BackboneCut> Of(Network network, int height, int width, string? upTo = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        network.RequireFits(height, width);
        var cuts = new List<BackboneCut>();
        long[] shape = [network.Options.InputChannels, height, width];
        foreach (var block in network.Blocks.Take(network.IndexOf(upTo ?? network.LastCut) + 1))
        {
            shape = block.Node.Follow(shape, new NetworkCosts());
            cuts.Add(BackboneCut.Of(block.Name, shape));
        }
        return cuts;
    }

    /// <summary>One cut: shape and bytes of the embedding behind a block.</summary>
    /// <inheritdoc cref="Of"/>
    public static BackboneCut At(Network network, int height, int width, string cut) =>
        cut == Network.PixelsCut
            ? new BackboneCut(cut, network.Options.InputChannels, height, width)
            : Of(network, height, width, cut)[^1];
}
