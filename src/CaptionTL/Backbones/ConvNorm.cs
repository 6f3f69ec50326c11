using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A convolution and the batch normalisation behind it, if there is one. Folded:
/// w' = w · γ / √(σ² + ε), b' = (b − μ) · γ / √(σ² + ε) + β.
/// </summary>
/// <param name="conv">With or without bias.</param>
/// <param name="norm">In inference mode when folded.</param>
/// <param name="samePadding">TensorFlow's "same", see <see cref="SamePadding"/>; the convolution itself has no padding then.</param>
internal sealed class ConvNorm(Conv2d conv, BatchNorm2d? norm = null, bool samePadding = false) : Foldable
{
    /// <summary>(N, C, H, W) to a new tensor (N, C', H', W').</summary>
    public Tensor Forward(Tensor x)
    {
        using var padded = Padded(x);
        if (Folded is var (weight, bias)) return nn.functional.conv2d(padded ?? x, weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups);
        if (norm is null) return conv.call(padded ?? x);
        using var y = conv.call(padded ?? x);
        return norm.call(y);
    }

    protected override (Tensor Weight, Tensor? Bias) Merge()
    {
        if (norm is null) return (conv.weight!.alias(), conv.bias?.alias());
        var scale = norm.weight! / (norm.running_var! + norm.eps).sqrt();
        var mean = conv.bias is { } bias ? norm.running_mean! - bias : norm.running_mean!;
        return (conv.weight! * scale.view(-1, 1, 1, 1), norm.bias! - mean * scale);
    }

    private Tensor? Padded(Tensor x) => !samePadding ? null
        : SamePadding.Pad(x, (Extent(0), Extent(1)), (conv.stride[0], conv.stride[1]));

    private long Extent(int axis) => ((conv.kernel_size[axis] - 1) * conv.dilation[axis]) + 1;
}
