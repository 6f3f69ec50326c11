using CaptionTL.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Prepared pictures to normalised pixels: (x / 255 − mean) / std, as one multiplication and one addition.</summary>
internal sealed class PixelTensors : IDisposable
{
    private readonly Preprocessing _preprocessing;
    private readonly Tensor _scale;
    private readonly Tensor _shift;

    public PixelTensors(Preprocessing preprocessing)
    {
        _preprocessing = preprocessing;
        using var mean = tensor(preprocessing.Mean.ToArray());
        using var std = tensor(preprocessing.Std.ToArray());
        using var factor = std.mul(255);
        using var offset = mean.div(std);
        _scale = factor.reciprocal().DetachFromDisposeScope();
        _shift = offset.neg().DetachFromDisposeScope();
    }

    /// <summary>(N, 3, H, W) in fp32, whose memory stays (N, H, W, 3): channels-last for free.</summary>
    /// <exception cref="ArgumentException">A picture is not of the preprocessing's size.</exception>
    public Tensor Of(IReadOnlyList<RgbImage> pictures)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (_preprocessing.Height, _preprocessing.Width);
        var batch = zeros(pictures.Count, height, width, 3, dtype: ScalarType.Byte, device: CPU);
        var bytes = batch.bytes;
        for (var i = 0; i < pictures.Count; i++)
        {
            var picture = pictures[i];
            if (picture.Width != width || picture.Height != height)
                throw new ArgumentException($"picture {i} is {picture.Width} × {picture.Height}, the network needs {width} × {height}");
            picture.Pixels.CopyTo(bytes[(i * height * width * 3)..]);
        }
        return batch.to(get_default_device()).to(ScalarType.Float32).mul_(_scale).add_(_shift).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _scale.Dispose();
        _shift.Dispose();
    }
}
