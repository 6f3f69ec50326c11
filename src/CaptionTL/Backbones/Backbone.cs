using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A CNN as an ordered list of named blocks and a top. Parameters carry the names of the published state dicts,
/// so weights load without renaming.
/// </summary>
public abstract class Backbone : nn.Module<Tensor, Tensor>
{
    protected Backbone(string architecture) : base(architecture) => Architecture = architecture;

    /// <summary>torchvision's or timm's name, as in the registry.</summary>
    public string Architecture { get; }

    /// <summary>In order of computation; a cut is the name of one of them and means "up to and including".</summary>
    public abstract IReadOnlyList<BackboneBlock> Blocks { get; }

    /// <summary>Channels of the last block's output.</summary>
    public abstract int FeatureChannels { get; }

    /// <summary>Grid (N, C, h, w) of the last block to class scores (N, classes).</summary>
    public abstract Tensor Top(Tensor features);

    /// <summary>The last block: the cut that captioners use.</summary>
    public string LastCut => Blocks[^1].Name;

    /// <summary>Normalised pixels (N, 3, H, W) to class scores (N, classes).</summary>
    public override Tensor forward(Tensor input)
    {
        using var features = ForwardTo(input, LastCut);
        return Top(features);
    }

    /// <summary>Normalised pixels (N, 3, H, W) to the output of <paramref name="cut"/> (N, C, h, w).</summary>
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
