using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A backbone up to one of its layers, as a module that layers can be put on: normalised pixels (N, C, H, W) to that layer's output,
/// (N, C', h, w) for blocks and most layers, (N, features) for the top's, (N, classes) for "logits". Names are those of
/// <see cref="LayerFeatures"/>. What is not frozen in the backbone trains with what stands on top; several may share a backbone, and
/// disposing them leaves it as it is.
/// </summary>
public sealed class LayerOutput : nn.Module<Tensor, Tensor>
{
    private readonly Backbone backbone;
    private readonly string _layer;

    /// <param name="backbone">Stays the caller's to dispose, after this.</param>
    /// <param name="layer">A block, a layer's path in the state dict, or "logits".</param>
    /// <exception cref="CaptionTLException">There is no such layer (near matches are listed), or no top to give logits.</exception>
    public LayerOutput(Backbone backbone, string layer) : base(nameof(LayerOutput))
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (layer != LayerFeatures.Logits && LayerNames.Block(backbone, layer) is null) LayerNames.Layer(backbone, layer);
        if (layer == LayerFeatures.Logits && !backbone.Options.IncludeTop)
            throw new CaptionTLException($"This {backbone.Architecture} was loaded without its top, so it has no logits. Load it with its top, or take the output of its last block, '{backbone.LastCut}'.");
        (this.backbone, _layer) = (backbone, layer);
        RegisterComponents();
    }

    public Backbone Backbone => backbone;

    /// <summary>As it was asked for.</summary>
    public string Layer => _layer;

    public override Tensor forward(Tensor input)
    {
        if (_layer == LayerFeatures.Logits) return backbone.call(input);
        return LayerNames.Block(backbone, _layer) is not null ? backbone.ForwardTo(input, _layer) : LayerFeatures.Extract(backbone, input, _layer)[_layer];
    }

    protected override void Dispose(bool disposing)
    {
        // The backbone belongs to whoever built it: taken away, it is not freed with what is within this module.
        if (disposing) register_module(nameof(backbone), null!);
        base.Dispose(disposing);
    }
}
