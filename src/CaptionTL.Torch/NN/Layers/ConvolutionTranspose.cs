using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What transposed convolutions (the gradient of a convolution with respect to its input) share.</summary>
public abstract class ConvolutionTranspose : Convolution
{
    protected ConvolutionTranspose(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type,
        long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device = null, ScalarType? dtype = null)
        : base(name, in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, transposed, output_padding, groups, bias, padding_mode, device, dtype) { }

    /// <param name="input">(N, C, …)</param>
    /// <param name="output_size">The spatial size to reach; several fit where the stride is above one.</param>
    public abstract Tensor forward(Tensor input, long[]? output_size);

    public override Tensor forward(Tensor input) => forward(input, null);

    /// <summary>The extra size on one side that makes the output reach output_size.</summary>
    /// <exception cref="ArgumentException">The size cannot be reached.</exception>
    protected long[] _output_padding(Tensor input, long[]? output_size, long[] kernel_size, long[] stride, long[] padding, long[] dilation, long num_spatial_dims)
    {
        if (output_size is null) return output_padding;
        var spatial = (int)num_spatial_dims;
        var wanted = output_size[^spatial..];
        var given = input.shape[^spatial..];
        var extra = new long[spatial];
        for (var i = 0; i < spatial; i++)
        {
            var smallest = (given[i] - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel_size[i] - 1) + 1;
            extra[i] = wanted[i] - smallest;
            if (extra[i] < 0 || extra[i] >= stride[i])
                throw new ArgumentException($"An output size of {wanted[i]} cannot be reached: the valid sizes are {smallest} to {smallest + stride[i] - 1}.", nameof(output_size));
        }
        return extra;
    }

    private protected Tensor Transpose(Op transpose, Tensor input, long[]? output_size)
    {
        var extra = _output_padding(input, output_size, kernel_size, stride, padding!, dilation, kernel_size.Length);
        return transpose.Call(input, weight, bias, stride, padding, extra, groups, dilation);
    }
}
