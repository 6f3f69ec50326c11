using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// Layer normalisation over the channels of every cell and an unpadded convolution behind it (ConvNeXt's way of making the grid smaller).
/// Folded, the normalisation's factors and shifts are part of the convolution.
/// </summary>
internal sealed class NormConv(LayerNorm norm, Conv2d conv) : Foldable
{
    /// <summary>(N, C, H, W) to a new tensor (N, C', H', W').</summary>
    public Tensor Forward(Tensor x)
    {
        using var cells = x.permute(0, 2, 3, 1);
        if (Folded is var (weight, bias))
        {
            using var standardised = nn.functional.layer_norm(cells, norm.normalized_shape, null, null, norm.eps);
            using var grid = standardised.permute(0, 3, 1, 2);
            return nn.functional.conv2d(grid, weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups);
        }
        using var normed = norm.call(cells);
        using var normedGrid = normed.permute(0, 3, 1, 2);
        return conv.call(normedGrid);
    }

    protected override (Tensor Weight, Tensor? Bias) Merge() =>
        (conv.weight! * norm.weight!.view(1, -1, 1, 1), conv.bias! + (conv.weight! * norm.bias!.view(1, -1, 1, 1)).sum([1, 2, 3]));
}
