using CaptionTL.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Prepared images to normalised pixels: (x / 255 − mean) / std, as one multiplication and one addition.</summary>
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
    /// <exception cref="ArgumentException">An image is not of the preprocessing's size.</exception>
    public Tensor Of(IReadOnlyList<RgbImage> images)
    {
        using var scope = NewDisposeScope();
        var batch = tensor(Pack(images, _preprocessing), [images.Count, _preprocessing.Height, _preprocessing.Width, 3], device: CPU);
        return batch.to(get_default_device()).to(ScalarType.Float32)
            .mul_(_scale).add_(_shift).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Images one after the other, (N, H, W, 3).</summary>
    /// <exception cref="ArgumentException">An image is not of the preprocessing's size.</exception>
    public static byte[] Pack(IReadOnlyList<RgbImage> images, Preprocessing preprocessing)
    {
        var (height, width) = (preprocessing.Height, preprocessing.Width);
        var bytes = GC.AllocateUninitializedArray<byte>(checked(images.Count * height * width * 3));
        for (var i = 0; i < images.Count; i++)
        {
            var image = images[i];
            if (image.Width != width || image.Height != height)
                throw new ArgumentException($"image {i} is {image.Width} × {image.Height}, the network needs {width} × {height}");
            image.Pixels.CopyTo(bytes.AsSpan(i * height * width * 3));
        }
        return bytes;
    }

    public void Dispose()
    {
        _scale.Dispose();
        _shift.Dispose();
    }
}
