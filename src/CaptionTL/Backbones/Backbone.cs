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
    private readonly Func<Tensor, Tensor>? _top;
    private Freezing? _freezing;

    /// <param name="network">Its description; see <see cref="BackboneEntry.Network"/>.</param>
    public Backbone(Network network) : base(network.Architecture)
    {
        Network = network;
        var modules = new Group("Sequential");
        Blocks = [.. network.Blocks.Select(
            b => new BackboneBlock(b.Name, b.Node.Build(modules, overwrites: false), [.. b.Node.Prefixes], b.Node))];
        if (Options.IncludeTop) _top = network.Top.Build(modules, overwrites: false);
        foreach (var (name, module) in modules.named_children()) register_module(name, module);
    }

    /// <summary>torchvision's or timm's name, as in the registry.</summary>
    public string Architecture => Network.Architecture;

    /// <summary>What it was built from.</summary>
    public Network Network { get; }

    /// <summary>What it was built with.</summary>
    public BackboneOptions Options => Network.Options;

    /// <summary>Its description with the tensors as they are now; they stay the backbone's.</summary>
    public NetworkWeights Weights => new(Network, state_dict(), LoadedTo);

    /// <summary>Which of its blocks and layers train.</summary>
    public Freezing Freezing => _freezing ??= new Freezing(this);

    /// <summary>The last block that has its weights; null where all have. Layers above it have no meaningful weights.</summary>
    internal string? LoadedTo { get; set; }

    /// <summary>In order of computation; a cut is the name of one of them and means "up to and including".</summary>
    public IReadOnlyList<BackboneBlock> Blocks { get; }

    /// <summary>Channels of the last block's output.</summary>
    public int FeatureChannels => Network.Channels;

    /// <summary>
    /// The state dict's names of the top (and of an auxiliary head) begin with one of these; all others belong to a block.
    /// </summary>
    public IReadOnlyList<string> TopPrefixes => [.. Network.Top.Prefixes];

    /// <summary>Grid (N, C, h, w) of the last block to class scores (N, classes).</summary>
    /// <exception cref="CaptionTLException">It was built without its top, or loaded up to a cut.</exception>
    public Tensor Top(Tensor features)
    {
        Network.RequireTop();
        RequireLoaded(Blocks.Count);
        return _top!(features);
    }

    /// <summary>The least height and width of an image, in pixels, for which every block has an output.</summary>
    public int MinimumSize => Network.MinimumSize;

    /// <summary>The last block: the cut that captioners use.</summary>
    public string LastCut => Network.LastCut;

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
        return ForwardFrom(pixels, Network.PixelsCut, cut);
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

    /// <inheritdoc cref="Network.IndexOf"/>
    public int IndexOf(string cut) => Network.IndexOf(cut);

    /// <exception cref="CaptionTLException">The pixels are not (images, channels, height, width), or too few.</exception>
    internal void RequireFits(Tensor pixels)
    {
        var shape = pixels.shape;
        if (shape.Length != 4 || shape[1] != Options.InputChannels)
            throw new CaptionTLException($"{Architecture} was built for pixels of shape "
                + $"(images, {Options.InputChannels}, height, width), not ({string.Join(", ", shape)}).");
        Network.RequireFits(shape[2], shape[3]);
    }

    /// <inheritdoc cref="Network.RequireLoaded"/>
    internal void RequireLoaded(int block) => Network.RequireLoaded(block, LoadedTo);
}
