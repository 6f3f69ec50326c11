using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Transposed convolution over 1 spatial dimension(s).</summary>
public sealed class ConvTranspose1d : ConvolutionTranspose
{
    internal ConvTranspose1d(long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, long[] dilation,
        long[] output_padding, PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(ConvTranspose1d), in_channels, out_channels, kernel_size, stride, padding, null, dilation, true, output_padding, groups, bias, padding_mode, device, dtype) { }

    public override Tensor forward(Tensor input, long[]? output_size) => Transpose(Aten.conv_transpose1d, input, output_size);
}
