using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A convolution and the batch normalisation behind it, if there is one. Folded:
/// w' = w · γ / √(σ² + ε), b' = (b − μ) · γ / √(σ² + ε) + β.
/// </summary>
/// <param name="conv">With or without bias.</param>
/// <param name="norm">In inference mode when folded.</param>
/// <param name="samePadding">TensorFlow's "same": what is missing at the bottom and right, so the output has ⌈size / stride⌉ cells.</param>
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

    private Tensor? Padded(Tensor x)
    {
        if (!samePadding) return null;
        var (height, width) = (Missing(x.shape[2], 0), Missing(x.shape[3], 1));
        return height == 0 && width == 0 ? null
            : nn.functional.pad(x, (width / 2, width - width / 2, height / 2, height - height / 2), TorchSharp.PaddingModes.Constant, 0);
    }

    private long Missing(long size, int axis)
    {
        var (kernel, stride, dilation) = (conv.kernel_size[axis], conv.stride[axis], conv.dilation[axis]);
        return Math.Max(((size + stride - 1) / stride - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
    }
}
