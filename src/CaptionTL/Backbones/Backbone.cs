using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A CNN as an ordered list of named blocks and a top. Parameters carry the names of the published state dicts,
/// so weights load without renaming.
/// </summary>
public abstract class Backbone : nn.Module<Tensor, Tensor>
{
    /// <exception cref="CaptionTLException">The options are out of range.</exception>
    protected Backbone(string architecture, BackboneOptions options) : base(architecture)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Architecture, Options) = (architecture, options);
    }

    /// <summary>torchvision's or timm's name, as in the registry.</summary>
    public string Architecture { get; }

    /// <summary>What it was built with.</summary>
    public BackboneOptions Options { get; }

    /// <summary>In order of computation; a cut is the name of one of them and means "up to and including".</summary>
    public abstract IReadOnlyList<BackboneBlock> Blocks { get; }

    /// <summary>Channels of the last block's output.</summary>
    public abstract int FeatureChannels { get; }

    /// <summary>The state dict's names of the top (and of an auxiliary head) begin with one of these; all others belong to a block.</summary>
    public abstract IReadOnlyList<string> TopPrefixes { get; }

    /// <summary>Grid (N, C, h, w) of the last block to class scores (N, classes).</summary>
    /// <exception cref="CaptionTLException">It was built without its top.</exception>
    public Tensor Top(Tensor features) => Options.IncludeTop ? ClassScores(features)
        : throw new CaptionTLException($"This {Architecture} was built without its top, so it gives no class scores. Build it with its top, or take the grid of its last block, '{LastCut}'.");

    /// <summary>Grid (N, C, h, w) of the last block to class scores (N, classes); asked only where there is a top.</summary>
    protected abstract Tensor ClassScores(Tensor features);

    /// <summary>
    /// Pixels to the last block's grid. Architectures whose published module holds all blocks in one container override it to run the
    /// container, so that a hook on the container sees its output.
    /// </summary>
    protected virtual Tensor Features(Tensor pixels) => ForwardTo(pixels, LastCut);

    /// <summary>The last block: the cut that captioners use.</summary>
    public string LastCut => Blocks[^1].Name;

    /// <summary>Normalised pixels (N, channels, H, W) to class scores (N, classes), or without a top to the last block's grid (N, C, h, w).</summary>
    public override Tensor forward(Tensor input)
    {
        if (!Options.IncludeTop) return Features(input);
        using var features = Features(input);
        return Top(features);
    }

    /// <summary>Normalised pixels (N, channels, H, W) to the output of <paramref name="cut"/> (N, C, h, w).</summary>
    /// <exception cref="CaptionTLException">There is no such block.</exception>
    public Tensor ForwardTo(Tensor pixels, string cut)
    {
        var last = IndexOf(cut);
        var x = pixels;
        for (var i = 0; i <= last; i++)
        {
            var y = Blocks[i].Forward(x);
            if (i > 0) x.Dispose();
            x = y;
        }
        return x;
    }

    /// <summary>Position of a block by its name.</summary>
    /// <exception cref="CaptionTLException">There is no such block; the message lists those there are.</exception>
    public int IndexOf(string cut)
    {
        for (var i = 0; i < Blocks.Count; i++)
            if (Blocks[i].Name == cut) return i;
        throw new CaptionTLException($"{Architecture} has no block named '{cut}'. Its blocks, in order: {string.Join(", ", Blocks.Select(b => b.Name))}.");
    }

    /// <summary>Every convolution with the batch normalisation behind it.</summary>
    internal IEnumerable<ConvNorm> ConvNorms => modules().Prepend(this).OfType<IHasConvNorms>().SelectMany(m => m.ConvNorms);
}
