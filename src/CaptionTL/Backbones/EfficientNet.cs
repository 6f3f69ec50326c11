using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;

namespace CaptionTL.Backbones;

/// <summary>
/// EfficientNet-B0 (Tan and Le, 2019): inverted bottlenecks with squeeze and excitation and SiLU; names and padding as in torchvision.
/// </summary>
internal static class EfficientNet
{
    private const double NormEpsilon = 1e-5;
    private const int StemChannels = 32;
    private const int HeadChannels = 1280;

    /// <summary>Of B0, from which the others are scaled.</summary>
    internal static readonly (int Expansion, int Kernel, int Stride, int Channels, int Repeats)[] Stages =
        [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)];

    private static Network Describe(BackboneOptions options)
    {
        var blocks = new List<NetworkBlock>();
        Add(name => Compose.Conv2dNormActivation(
            name, options.InputChannels, StemChannels, 3, 2, epsilon: NormEpsilon, then: Function.Silu));
        var channels = StemChannels;
        foreach (var (expansion, kernel, stride, output, repeats) in Stages)
        {
            var stage = new List<Node>();
            for (var i = 0; i < repeats; i++)
            {
                // The squeeze is a quarter of the block's input, not of what it was expanded to.
                var (expanded, squeezed) = (channels * expansion, Math.Max(1, channels / 4));
                stage.Add(Compose.InvertedBottleneck(
                    $"{i}", channels, expanded, output, kernel, i == 0 ? stride : 1, NormEpsilon, Function.Silu,
                    name => Compose.SqueezeExcitation(name, expanded, squeezed, Function.Silu, Function.Sigmoid)));
                channels = output;
            }
            Add(name => new(name, "Sequential", new Seq(stage)));
        }
        Add(name => Compose.Conv2dNormActivation(name, channels, HeadChannels, 1, epsilon: NormEpsilon, then: Function.Silu));
        return new(HeadChannels, blocks, new Seq(
            new AdaptiveAvgPool(1, "avgpool"), new Flatten(), new Dropout("classifier.0", 0.2),
            new Linear("classifier.1", HeadChannels, options.Classes)));

        void Add(Func<string, Scope> make)
        {
            var name = $"features.{blocks.Count}";
            blocks.Add(new(name, make(name)));
        }
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        // torchvision's file is timm's training, hence timm's licence.
        new("efficientnet_b0", options => Describe(options),
            [new TorchvisionFile("efficientnet_b0_rwightman-7f5810bc.pth")
                .Weights("efficientnet_b0", 77.69, ImageNetPixels.Standard(interpolation: Interpolation.Bicubic), "Apache-2.0")])
        {
            Aliases = ["EfficientNetB0"],
            Classifier = "classifier.1",
            FirstConvolution = "features.0.0",
        },
    ];
}
