using CaptionTL.Backbones.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>One step of a backbone between two possible cuts.</summary>
/// <param name="Name">Unique within the backbone; the state dict's prefix where there is one.</param>
/// <param name="Forward">(N, C, H, W) to (N, C', H', W').</param>
/// <param name="Prefixes">The state dict's names that belong to this block begin with one of these.</param>
/// <param name="Node">Its description.</param>
public sealed record BackboneBlock(string Name, Func<Tensor, Tensor> Forward, IReadOnlyList<string> Prefixes, Node Node);

/// <summary>
/// A CNN as an ordered list of named blocks and a top, in TorchSharp's modules: what trains. Parameters carry the names of the published
/// state dicts, so weights load without renaming. What is frozen runs as an ONNX graph made of the same description:
/// <see cref="CnnEncoder"/>.
/// </summary>
public sealed class Backbone : nn.Module<Tensor, Tensor>
{
    /// <summary>
    /// The cut before the first block: its output are the normalised pixels themselves, for networks that train from the first block on.
    /// </summary>
    public const string PixelsCut = "pixels";

    private readonly Func<Tensor, Tensor>? _top;
    private Freezing? _freezing;

    /// <param name="architecture">The registry's name.</param>
    /// <param name="network">Its description for these options.</param>
    /// <param name="options">What of the architecture was chosen.</param>
    /// <exception cref="CaptionTLException">The options are out of range.</exception>
    public Backbone(string architecture, Network network, BackboneOptions options) : base(architecture)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Architecture, Network, Options) = (architecture, network, options);
        var modules = new Group("Sequential");
        Blocks = [.. network.Blocks.Select(
            b => new BackboneBlock(b.Name, b.Node.Build(modules, overwrites: false), [.. b.Node.Prefixes], b.Node))];
        if (options.IncludeTop) _top = network.Top.Build(modules, overwrites: false);
        foreach (var (name, module) in modules.named_children()) register_module(name, module);
    }

    /// <summary>torchvision's or timm's name, as in the registry.</summary>
    public string Architecture { get; }

    /// <summary>What it was built from.</summary>
    public Network Network { get; }

    /// <summary>What it was built with.</summary>
    public BackboneOptions Options { get; }

    /// <summary>Which of its blocks and layers train.</summary>
    public Freezing Freezing => _freezing ??= new Freezing(this);

    /// <summary>The last block that has its weights; null where all have. What lies above holds no numbers of any meaning.</summary>
    internal string? LoadedTo { get; set; }

    /// <summary>In order of computation; a cut is the name of one of them and means "up to and including".</summary>
    public IReadOnlyList<BackboneBlock> Blocks { get; }

    /// <summary>Channels of the last block's output.</summary>
    public int FeatureChannels => Network.Channels;

    /// <summary>
    /// The state dict's names of the top (and of an auxiliary head) begin with one of these; all others belong to a block.
    /// </summary>
    public IReadOnlyList<string> TopPrefixes => [.. Network.Top.Prefixes];

    /// <summary>What belongs to the top, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> TopParameters() =>
        state_dict().Where(p => TopPrefixes.Any(prefix => p.Key.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>Grid (N, C, h, w) of the last block to class scores (N, classes).</summary>
    /// <exception cref="CaptionTLException">It was built without its top, or loaded up to a cut.</exception>
    public Tensor Top(Tensor features)
    {
        RequireTop();
        RequireLoaded(Blocks.Count);
        return _top!(features);
    }

    /// <summary>The least height and width of an image, in pixels, for which every block has an output.</summary>
    public int MinimumSize => Network.MinimumSize;

    /// <summary>The last block: the cut that captioners use.</summary>
    public string LastCut => Blocks[^1].Name;

    /// <summary>
    /// Normalised pixels (N, channels, H, W) to class scores (N, classes), or without a top to the last block's grid (N, C, h, w).
    /// </summary>
    /// <exception cref="CaptionTLException">The pixels do not fit, or it was loaded up to a cut.</exception>
    public override Tensor forward(Tensor input)
    {
        RequireFits(input);
        if (!Options.IncludeTop) return ForwardTo(input, LastCut);
        using var features = ForwardTo(input, LastCut);
        return Top(features);
    }

    /// <summary>Normalised pixels (N, channels, H, W) to the output of <paramref name="cut"/> (N, C, h, w).</summary>
    /// <exception cref="CaptionTLException">There is no such block, it was not loaded, or the pixels do not fit.</exception>
    public Tensor ForwardTo(Tensor pixels, string cut)
    {
        RequireFits(pixels);
        return ForwardFrom(pixels, PixelsCut, cut);
    }

    /// <summary>The output of one cut (N, C, h, w) to that of a later one; the pixels' cut gives the pixels.</summary>
    /// <exception cref="CaptionTLException">There is no such block.</exception>
    public Tensor ForwardFrom(Tensor grid, string from, string to)
    {
        var (first, last) = (IndexOf(from) + 1, IndexOf(to));
        RequireLoaded(last);
        if (last < first)
            return last == first - 1 ? grid.alias() : throw new ArgumentException($"'{to}' comes before '{from}'", nameof(to));
        var x = grid;
        for (var i = first; i <= last; i++)
        {
            var y = Blocks[i].Forward(x);
            if (i > first) x.Dispose();
            x = y;
        }
        return x;
    }

    /// <summary>Position of a block by its name; -1 for <see cref="PixelsCut"/>.</summary>
    /// <exception cref="CaptionTLException">There is no such block; the message lists those there are.</exception>
    public int IndexOf(string cut)
    {
        if (cut == PixelsCut) return -1;
        for (var i = 0; i < Blocks.Count; i++)
            if (Blocks[i].Name == cut) return i;
        throw new CaptionTLException($"{Architecture} has no block named '{cut}'. Its blocks, in order: "
            + $"{string.Join(", ", Blocks.Select(b => b.Name))}.");
    }

    /// <exception cref="CaptionTLException">The pixels are not (images, channels, height, width), or too few.</exception>
    internal void RequireFits(Tensor pixels)
    {
        var shape = pixels.shape;
        if (shape.Length != 4 || shape[1] != Options.InputChannels)
            throw new CaptionTLException($"{Architecture} was built for pixels of shape "
                + $"(images, {Options.InputChannels}, height, width), not ({string.Join(", ", shape)}).");
        RequireFits(shape[2], shape[3]);
    }

    /// <exception cref="CaptionTLException">Too few pixels.</exception>
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
    /// <exception cref="CaptionTLException">It has no weights.</exception>
    internal void RequireLoaded(int block)
    {
        if (LoadedTo is { } last && block > IndexOf(last))
            throw new CaptionTLException($"Of this {Architecture} only the blocks up to '{last}' were loaded, so "
                + $"{(block < Blocks.Count ? $"'{Blocks[block].Name}'" : "its top")} has no weights. Load it without a cut, or up to a "
                + $"later one.");
    }
}
