using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;
using CaptionTL.Runtime.Onnx;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// An architecture, described: named blocks in order of computation, and what makes class scores of the last one's grid.
/// </summary>
/// <param name="Channels">Of the last block's output.</param>
/// <param name="Blocks">A cut is the name of one of them and means "up to and including".</param>
/// <param name="Top">Grid (C, h, w) to class scores (classes).</param>
public sealed record Network(int Channels, IReadOnlyList<NetworkBlock> Blocks, Node Top)
{
    /// <summary>
    /// The cut before the first block: its output is the normalised pixels themselves, for networks that train from the first block on.
    /// </summary>
    public const string PixelsCut = "pixels";

    /// <summary>The least height and width of an image, in pixels, for which every block has an output.</summary>
    public int MinimumSize { get; init; } = 1;

    /// <summary>The registry's name.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>What of the architecture was chosen.</summary>
    public BackboneOptions Options { get; init; } = new();

    /// <summary>The last block: the cut that captioners use.</summary>
    public string LastCut => Blocks[^1].Name;

    /// <summary>Names and shapes of the state dict, in order of computation.</summary>
    internal IEnumerable<(string Name, long[] Shape)> State =>
        Blocks.Select(b => b.Node).Concat(Options.IncludeTop ? [Top] : []).SelectMany(n => n.State);

    /// <summary>Position of a block by its name; -1 for <see cref="PixelsCut"/>.</summary>
    /// <exception cref="CaptionTLException">There is no such block; the message lists those there are.</exception>
    public int IndexOf(string cut)
    {
        if (cut == PixelsCut) return -1;
        for (var i = 0; i < Blocks.Count; i++)
            if (Blocks[i].Name == cut) return i;
        throw new CaptionTLException(
            $"{Architecture} has no block named '{cut}'. Its blocks, in order: {string.Join(", ", Blocks.Select(b => b.Name))}.");
    }

    /// <summary>Whether a tensor of the state dict belongs to the blocks up to and including a cut.</summary>
    public bool BelongsTo(string cut, string name) =>
        Blocks.Take(IndexOf(cut) + 1).SelectMany(b => b.Node.Prefixes).Any(p => name.StartsWith(p, StringComparison.Ordinal));

    /// <summary>
    /// Where it can be cut: every block in order of computation, or those up to and including <paramref name="upTo"/>, with the size of
    /// the embedding there.
    /// </summary>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    /// <param name="upTo">The last block to list; all when null.</param>
    /// <exception cref="CaptionTLException">There is no such block, or the architecture does not take this size.</exception>
    public IReadOnlyList<BackboneCut> Cuts(int height, int width, string? upTo = null)
    {
        RequireFits(height, width);
        var cuts = new List<BackboneCut>();
        long[] shape = [Options.InputChannels, height, width];
        foreach (var block in Blocks.Take(IndexOf(upTo ?? LastCut) + 1))
        {
            shape = block.Node.Follow(shape, new NetworkCosts());
            cuts.Add(BackboneCut.Of(block.Name, shape));
        }
        return cuts;
    }

    /// <summary>One cut: the size of the embedding there.</summary>
    /// <inheritdoc cref="Cuts"/>
    public BackboneCut CutAt(int height, int width, string cut) => cut == PixelsCut
        ? new BackboneCut(cut, Options.InputChannels, height, width)
        : Cuts(height, width, cut)[^1];

    /// <exception cref="CaptionTLException">An image has too few pixels.</exception>
    internal void RequireFits(long height, long width)
    {
        if (height < MinimumSize || width < MinimumSize)
            throw new CaptionTLException($"{Architecture} needs images of at least {MinimumSize} × {MinimumSize} pixels, "
                + $"not {width} × {height}: smaller ones leave nothing for its last blocks.");
    }

    /// <exception cref="CaptionTLException">It was built without its top.</exception>
    internal void RequireTop()
    {
        if (!Options.IncludeTop)
            throw new CaptionTLException($"This {Architecture} was built without its top, so it gives no class scores. "
                + $"Build it with its top, or take the grid of its last block, '{LastCut}'.");
    }

    /// <param name="block">Position of a block; the number of blocks for the top.</param>
    /// <param name="loadedTo">The last block that has its weights; null where all have.</param>
    /// <exception cref="CaptionTLException">The block has no weights.</exception>
    internal void RequireLoaded(int block, string? loadedTo)
    {
        if (loadedTo is not null && block > IndexOf(loadedTo))
            throw new CaptionTLException($"Of this {Architecture} only the blocks up to '{loadedTo}' were loaded, so "
                + $"{(block < Blocks.Count ? $"'{Blocks[block].Name}'" : "its top")} has no weights. Load it without a cut, or up to a "
                + "later one.");
    }
}

/// <summary>One step of a network between two possible cuts.</summary>
/// <param name="Name">Unique within the network; the state dict's prefix where there is one.</param>
/// <param name="Node">(C, H, W) to (C', H', W').</param>
public sealed record NetworkBlock(string Name, Node Node);

/// <summary>What an image becomes where a backbone is cut: the grid behind a block.</summary>
/// <param name="Name">The block, which is still computed.</param>
/// <param name="Channels">Numbers per cell.</param>
/// <param name="Height">Rows of the grid.</param>
/// <param name="Width">Columns of the grid.</param>
public sealed record BackboneCut(string Name, int Channels, int Height, int Width)
{
    private const int BytesANumber = 2; // the embedding cache holds fp16

    /// <param name="block">The last that was computed.</param>
    /// <param name="grid">Sizes of its output, (C, h, w).</param>
    internal static BackboneCut Of(string block, long[] grid) => new(block, (int)grid[0], (int)grid[1], (int)grid[2]);

    /// <summary>Positions of the grid.</summary>
    public int Cells => Height * Width;

    /// <summary>Bytes that an image's whole grid takes in the embedding cache (fp16).</summary>
    public long EmbeddingBytes => (long)BytesANumber * Channels * Cells;

    /// <summary>Bytes that an image takes when the grid is pooled to one number per channel (fp16).</summary>
    public long PooledBytes => (long)BytesANumber * Channels;
}

/// <summary>A network and its weights, without modules: what ONNX graphs and bundles are made from.</summary>
/// <param name="Network">Its description.</param>
/// <param name="Tensors">By their names in the state dict, in the type they are stored in.</param>
/// <param name="LoadedTo">The last block that has its weights; null where all have, and the top where there is one.</param>
public sealed record NetworkWeights(Network Network, IReadOnlyDictionary<string, Tensor> Tensors, string? LoadedTo = null) : IDisposable
{
    /// <summary>Those of the blocks up to and including a cut.</summary>
    /// <exception cref="CaptionTLException">There is no such block.</exception>
    public IEnumerable<KeyValuePair<string, Tensor>> UpTo(string cut) => Tensors.Where(t => Network.BelongsTo(cut, t.Key));

    /// <summary>Those of the layers that follow the last block.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Top =>
        Tensors.Where(t => Network.Top.Prefixes.Any(p => t.Key.StartsWith(p, StringComparison.Ordinal)));

    /// <summary>A graph from normalised pixels (n, 3, H, W) to embeddings (n, h·w, C).</summary>
    internal OnnxGraph EncoderGraph(string cut, Preprocessing preprocessing)
    {
        var graph = new OnnxGraph($"{Network.Architecture} up to {cut}");
        graph.Output(WriteEmbeddings(graph, cut, preprocessing), "grid", "cells of the image, row by row, by channels");
        return graph;
    }

    /// <summary>A graph from embeddings (n, h·w, C) of a cut to class scores (n, classes).</summary>
    /// <param name="cut">Whose embeddings they are.</param>
    /// <param name="grid">The cut's sizes, (C, h, w).</param>
    internal OnnxGraph TopGraph(string cut, long[] grid)
    {
        var graph = new OnnxGraph($"{Network.Architecture} from {cut}");
        var embeddings = graph.Input("embeddings", "cells of the grid, row by row, by channels", [grid[1] * grid[2], grid[0]]);
        var cells = graph.Reshape(embeddings, grid[1], grid[2], grid[0]);
        var features = graph.Node("Transpose", [cells], grid, ("perm", new long[] { 0, 3, 1, 2 }));
        graph.Output(WriteTop(graph, WriteBlocks(graph, cut, Network.LastCut, features)), "scores", "of the classes");
        return graph;
    }

    /// <summary>An input of normalised pixels (n, 3, H, W), and the embeddings (n, h·w, C) of a cut.</summary>
    internal OnnxValue WriteEmbeddings(OnnxGraph graph, string cut, Preprocessing preprocessing)
    {
        var pixels = graph.Input(
            "pixels", "images, red, green, blue, each channel (value / 255 − mean) / std", [3, preprocessing.Height, preprocessing.Width]);
        var grid = WriteBlocks(graph, Network.PixelsCut, cut, pixels);
        var (channels, height, width) = (grid.Shape[0], grid.Shape[1], grid.Shape[2]);
        var cells = graph.Node("Transpose", [grid], [height, width, channels], ("perm", new long[] { 0, 2, 3, 1 }));
        return graph.Reshape(cells, height * width, channels);
    }

    /// <summary>The output of one cut (n, C, h, w) to that of a later one.</summary>
    /// <exception cref="CaptionTLException">There is no such block, or it was not loaded.</exception>
    internal OnnxValue WriteBlocks(OnnxGraph graph, string from, string to, OnnxValue x)
    {
        var (first, last) = (Network.IndexOf(from) + 1, Network.IndexOf(to));
        Network.RequireLoaded(last, LoadedTo);
        var writer = new NetworkWriter(graph, Tensors);
        return Network.Blocks.Take(last + 1).Skip(first).Aggregate(x, (value, block) => block.Node.Write(writer, value));
    }

    /// <summary>The last block's grid (n, C, h, w) to class scores (n, classes).</summary>
    /// <exception cref="CaptionTLException">There is no top.</exception>
    internal OnnxValue WriteTop(OnnxGraph graph, OnnxValue grid)
    {
        Network.RequireTop();
        Network.RequireLoaded(Network.Blocks.Count, LoadedTo);
        return Network.Top.Write(new NetworkWriter(graph, Tensors), grid);
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}
