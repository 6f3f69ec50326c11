using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Modules that hold convolutions followed by batch normalisation.</summary>
internal interface IHasConvNorms
{
    IEnumerable<ConvNorm> ConvNorms { get; }
}

/// <summary>
/// A convolution and its batch normalisation, run one after the other or, once folded, as one convolution:
/// w' = w · γ / √(σ² + ε), b' = β − μ · γ / √(σ² + ε). Both modules stay fields of their owner, under their published names.
/// </summary>
/// <param name="conv">Without bias.</param>
/// <param name="norm">In inference mode when folded.</param>
/// <param name="samePadding">TensorFlow's "same": what is missing at the bottom and right, so the output has ⌈size / stride⌉ cells.</param>
internal sealed class ConvNorm(Conv2d conv, BatchNorm2d norm, bool samePadding = false)
{
    private Tensor? _weight;
    private Tensor? _bias;

    public Conv2d Conv => conv;

    public Tensor Forward(Tensor x)
    {
        if (_weight is null)
        {
            using var padded = Padded(x);
            using var y = conv.call(padded ?? x);
            return norm.call(y);
        }
        using var input = Padded(x);
        return nn.functional.conv2d(input ?? x, _weight, _bias, conv.stride, conv.padding, conv.dilation, conv.groups);
    }

    /// <summary>
    /// Replaces the pair by one convolution in <paramref name="dtype"/>, weights laid out channels-last (O, kh, kw, I).
    /// The modules' own tensors stay as they were loaded.
    /// </summary>
    public void Fold(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scale = norm.weight! / (norm.running_var! + norm.eps).sqrt();
        var weight = conv.weight! * scale.view(-1, 1, 1, 1);
        var bias = norm.bias! - norm.running_mean! * scale;
        _weight = weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).to(dtype).DetachFromDisposeScope();
        _bias = bias.to(dtype).DetachFromDisposeScope();
    }

    public void Unfold()
    {
        _weight?.Dispose();
        _bias?.Dispose();
        (_weight, _bias) = (null, null);
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
