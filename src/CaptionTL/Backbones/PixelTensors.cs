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

    /// <summary>Writes images one after the other, each channel by itself, row by row.</summary>
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

/// <summary>The preprocessings that most published ImageNet weights share.</summary>
internal static class ImageNetPixels
{
    /// <summary>torchvision's: centre crop of a bilinearly resized image, the data set's own mean and standard deviation.</summary>
    /// <param name="crop">What the centre crop keeps of the shorter side: 224 of 256 unless said otherwise.</param>
    public static Preprocessing Standard(float crop = 0.875f, Interpolation interpolation = Interpolation.Bilinear) => new()
    {
        Height = 224,
        Width = 224,
        Mean = [0.485f, 0.456f, 0.406f],
        Std = [0.229f, 0.224f, 0.225f],
        Interpolation = interpolation,
        CropFraction = crop,
    };

    /// <summary>TensorFlow's: values from −1 to 1.</summary>
    /// <param name="size">Height and width in pixels.</param>
    /// <param name="crop">What the centre crop keeps of the shorter side.</param>
    public static Preprocessing Symmetric(int size, float crop = 0.875f, Interpolation interpolation = Interpolation.Bicubic) => new()
    {
        Height = size,
        Width = size,
        Mean = [0.5f, 0.5f, 0.5f],
        Std = [0.5f, 0.5f, 0.5f],
        Interpolation = interpolation,
        CropFraction = crop,
    };

    /// <summary>
    /// Caffe's: pixels from 0 to 255 less ImageNet's mean colour. Networks that took blue first have their first convolution
    /// turned round when their weights are read.
    /// </summary>
    public static Preprocessing Caffe() => new()
    {
        Height = 224,
        Width = 224,
        Mean = [123.68f / 255, 116.779f / 255, 103.939f / 255],
        Std = [1f / 255, 1f / 255, 1f / 255],
        Interpolation = Interpolation.Bilinear,
    };

    /// <summary>
    /// 224 pixels of 232, as torchvision's second training recipe is measured; just below the fraction, so that 232 is what results.
    /// </summary>
    public const float CropOf232 = 0.9654f;
}
