using System.Diagnostics;
using CaptionTL.Backbones;
using CaptionTL.Images;

namespace CaptionTL.Benchmarks;

/// <summary>EfficientNet-Lite0 up to its last convolution, from pixels to fp16 embeddings, in the arithmetic this machine gets.</summary>
internal static class Encoder
{
    public static double ImagesPerSecond(Sizes sizes)
    {
        var weights = BackboneRegistry.FindWeights("tf_efficientnet_lite0");
        var preprocessing = weights.Preprocessing with { Width = sizes.Pixels, Height = sizes.Pixels };
        using var encoder = new CnnEncoder(BackboneRegistry.Find("tf_efficientnet_lite0").Build(new BackboneOptions()), preprocessing, "random");
        var random = new Random(3);
        var pictures = Enumerable.Range(0, sizes.Images).Select(_ =>
        {
            var pixels = new byte[sizes.Pixels * sizes.Pixels * 3];
            random.NextBytes(pixels);
            return new RgbImage(sizes.Pixels, sizes.Pixels, pixels);
        }).ToList();
        var embeddings = new Half[pictures.Count * encoder.Cells * encoder.Channels];
        encoder.Encode(pictures, embeddings);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < sizes.Repeats; i++) encoder.Encode(pictures, embeddings);
        return sizes.Repeats * sizes.Images / clock.Elapsed.TotalSeconds;
    }
}
