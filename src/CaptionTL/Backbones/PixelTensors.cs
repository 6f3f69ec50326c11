using CaptionTL.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>Prepared images to normalised pixels, (x / 255 − mean) / std: a table of 256 numbers for each channel.</summary>
internal sealed class PixelTensors
{
    private readonly Preprocessing _preprocessing;
    private readonly float[][] _tables;

    public PixelTensors(Preprocessing preprocessing)
    {
        _preprocessing = preprocessing;
        _tables = [.. preprocessing.Mean.Zip(preprocessing.Std, (mean, std) =>
            Enumerable.Range(0, 256).Select(x => (x / 255f - mean) / std).ToArray())];
    }

    /// <summary>(N, 3, H, W) in fp32 on the device in use.</summary>
    /// <exception cref="ArgumentException">An image is not of the preprocessing's size.</exception>
    public Tensor Of(IReadOnlyList<RgbImage> images)
    {
        var pixels = new float[Count(images.Count)];
        Fill(images, pixels);
        return tensor(pixels, [images.Count, 3, _preprocessing.Height, _preprocessing.Width]);
    }

    /// <summary>Numbers of so many images.</summary>
    public int Count(int images) => checked(images * 3 * _preprocessing.Height * _preprocessing.Width);

    /// <summary>Writes images one after the other, each channel as a plane of its own, row by row.</summary>
    /// <param name="pixels">At least <see cref="Count"/> numbers.</param>
    /// <exception cref="ArgumentException">An image is not of the preprocessing's size.</exception>
    public void Fill(IReadOnlyList<RgbImage> images, float[] pixels)
    {
        var (height, width) = (_preprocessing.Height, _preprocessing.Width);
        for (var i = 0; i < images.Count; i++)
            if (images[i].Width != width || images[i].Height != height)
                throw new ArgumentException($"image {i} is {images[i].Width} × {images[i].Height}, the network needs {width} × {height}");
        var cells = height * width;
        if (images.Count == 1) FillOne(0);
        else Parallel.For(0, images.Count, FillOne);

        void FillOne(int image)
        {
            ReadOnlySpan<byte> bytes = images[image].Pixels;
            var planes = pixels.AsSpan(image * 3 * cells, 3 * cells);
            var red = planes[..cells];
            var green = planes.Slice(cells, cells);
            var blue = planes[(2 * cells)..];
            var (reds, greens, blues) = (_tables[0], _tables[1], _tables[2]);
            for (var at = 0; at < red.Length; at++)
            {
                red[at] = reds[bytes[at * 3]];
                green[at] = greens[bytes[at * 3 + 1]];
                blue[at] = blues[bytes[at * 3 + 2]];
            }
        }
    }
}
