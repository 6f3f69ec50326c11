using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Transposed convolution over 2 spatial dimension(s).</summary>
public sealed class ConvTranspose2d : ConvolutionTranspose
{
    internal ConvTranspose2d(long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, long[] dilation,
        long[] output_padding, PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(ConvTranspose2d), in_channels, out_channels, kernel_size, stride, padding, null, dilation, true, output_padding, groups, bias, padding_mode, device, dtype) { }

    public override Tensor forward(Tensor input, long[]? output_size) => Transpose(Aten.conv_transpose2d, input, output_size);
}
