using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>TensorFlow's "same": as much padding as ⌈size / stride⌉ outputs need, and where that is odd, one more at the bottom and right.</summary>
internal static class SamePadding
{
    /// <summary>(N, C, H, W) with its margin as a new tensor; null where none is needed.</summary>
    /// <param name="x">Stays as it is.</param>
    /// <param name="kernel">Height and width, dilation included.</param>
    /// <param name="stride">Down and to the right.</param>
    /// <param name="value">Of the margin: 0 before a convolution, −∞ before a maximum.</param>
    public static Tensor? Pad(Tensor x, (long Height, long Width) kernel, (long Down, long Right) stride, double value = 0)
    {
        var (height, width) = (Missing(x.shape[2], kernel.Height, stride.Down), Missing(x.shape[3], kernel.Width, stride.Right));
        return height == 0 && width == 0 ? null
            : nn.functional.pad(x, (width / 2, width - (width / 2), height / 2, height - (height / 2)), PaddingModes.Constant, value);
    }

    private static long Missing(long size, long kernel, long stride) => Math.Max((((size + stride - 1) / stride) - 1) * stride + kernel - size, 0);
}
