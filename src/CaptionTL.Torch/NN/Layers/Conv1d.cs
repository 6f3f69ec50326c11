using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Cross-correlation over 1 spatial dimension(s).</summary>
public sealed class Conv1d : Convolution
{
    internal Conv1d(long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type, long[] dilation,
        PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv1d), in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, false, new long[1], groups, bias, padding_mode, device, dtype) { }

    public override Tensor forward(Tensor input) => Convolve(Aten.conv1d, Aten.conv1d_padding, input);
}
