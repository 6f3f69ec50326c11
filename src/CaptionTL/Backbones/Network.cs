using CaptionTL.Backbones.Nodes;
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

    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}
