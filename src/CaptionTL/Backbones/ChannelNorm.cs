using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Layer normalisation over the channels of every cell; folded only in so far as its weight and bias are in the encoder's type.</summary>
internal sealed class ChannelNorm(LayerNorm norm) : Foldable
{
    /// <summary>(N, C, H, W) to a new tensor of that shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using var cells = x.permute(0, 2, 3, 1);
        using var normed = Folded is var (weight, bias) ? nn.functional.layer_norm(cells, norm.normalized_shape, weight, bias, norm.eps) : norm.call(cells);
        return normed.permute(0, 3, 1, 2);
    }

    protected override (Tensor Weight, Tensor? Bias) Merge() => (norm.weight!.alias(), norm.bias?.alias());
}
