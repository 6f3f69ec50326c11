using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>An architecture, described: named blocks in order of computation, and what makes class scores of the last one's grid.</summary>
/// <param name="Channels">Of the last block's output.</param>
/// <param name="Blocks">A cut is the name of one of them and means "up to and including".</param>
/// <param name="Top">Grid (C, h, w) to class scores (classes).</param>
public sealed record Network(int Channels, IReadOnlyList<NetworkBlock> Blocks, Node Top)
{
    /// <summary>The least height and width of an image, in pixels, for which every block has an output.</summary>
    public int MinimumSize { get; init; } = 1;
}

/// <summary>One step of a network between two possible cuts.</summary>
/// <param name="Name">Unique within the network; the state dict's prefix where there is one.</param>
/// <param name="Node">(C, H, W) to (C', H', W').</param>
public sealed record NetworkBlock(string Name, Node Node);
