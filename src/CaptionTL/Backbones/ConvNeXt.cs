using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>
/// ConvNeXt-Tiny (Liu et al., 2022): depthwise 7×7 convolutions, layer normalisation, GELU and a learned scale of every residual; names as
/// in torchvision.
/// </summary>
internal static class ConvNeXt
{
    private const double NormEpsilon = 1e-6;

    private static readonly (int Channels, int Depth)[] Stages = [(96, 3), (192, 3), (384, 9), (768, 3)];

    private static Network Describe(BackboneOptions options)
    {
        var channels = Stages[0].Channels;
        var blocks = new List<NetworkBlock>();
        Add("Conv2dNormActivation", [
            new Conv("0", options.InputChannels, channels, 4, 4, Bias: true),
            Permute.ToCells, new LayerNorm("1", channels, NormEpsilon), Permute.ToGrid]);
        foreach (var (width, depth) in Stages)
        {
            if (width != channels)
                Add("Sequential", [
                    Permute.ToCells, new LayerNorm("0", channels, NormEpsilon),
                    Permute.ToGrid, new Conv("1", channels, width, 2, 2, Bias: true)]);
            channels = width;
            Add("Sequential", [.. Enumerable.Range(0, depth).Select(i => Block($"{i}", width))]);
        }
        var top = new Seq(
            new AdaptiveAvgPool(1, "avgpool"), Permute.ToCells, new LayerNorm("classifier.0", channels, NormEpsilon),
            new Flatten(), new Linear("classifier.2", channels, options.Classes));
        return new(channels, blocks, top) { MinimumSize = 32 };

        void Add(string kind, IReadOnlyList<Node> steps)
        {
            var name = $"features.{blocks.Count}";
            blocks.Add(new(name, new Scope(name, kind, new Seq(steps))));
        }
    }

    /// <summary>Depthwise convolution (7×7), normalise every cell, widen four times, GELU, narrow, scale, add the input.</summary>
    private static Scope Block(string name, int channels) => new(name, "CNBlock", new Residual(new Seq(
        new Conv("block.0", channels, channels, 7, Groups: channels, Bias: true) { Padding = 3 },
        Permute.ToCells, new LayerNorm("block.2", channels, NormEpsilon), new Linear("block.3", channels, 4 * channels),
        new Activation(Function.Gelu, "block.4"), new Linear("block.5", 4 * channels, channels), Permute.ToGrid,
        new LayerScale("layer_scale", channels, 1e-6))));

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        // 224 pixels of 236
        new("convnext_tiny", options => Describe(options),
            [new TorchvisionFile("convnext_tiny-983f1562.pth").Weights("convnext_tiny", 82.52, ImageNetPixels.Standard(0.949f))])
        {
            Aliases = ["ConvNeXtTiny"],
            Classifier = "classifier.2",
            FirstConvolution = "features.0.0",
        },
    ];
}
