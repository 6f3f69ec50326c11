using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>MobileNetV2 (Sandler et al., 2018); names and padding as in torchvision.</summary>
internal static class MobileNetV2
{
    private const int StemChannels = 32;
    private const int HeadChannels = 1280;

    private static readonly (int Expansion, int Channels, int Repeats, int Stride)[] Stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    private static Network Describe(BackboneOptions options)
    {
        var blocks = new List<NetworkBlock>();
        Add(name => Compose.Conv2dNormActivation(name, options.InputChannels, StemChannels, 3, 2, then: Function.Relu6));
        var channels = StemChannels;
        foreach (var (expansion, output, repeats, stride) in Stages)
            for (var i = 0; i < repeats; i++)
            {
                Add(name => Block(name, channels, output, i == 0 ? stride : 1, expansion));
                channels = output;
            }
        Add(name => Compose.Conv2dNormActivation(name, channels, HeadChannels, 1, then: Function.Relu6));
        return new(HeadChannels, blocks, new Seq(
            new AdaptiveAvgPool(1), new Flatten(), new Dropout("classifier.0", 0.2),
            new Linear("classifier.1", HeadChannels, options.Classes)));

        void Add(Func<string, Scope> make)
        {
            var name = $"features.{blocks.Count}";
            blocks.Add(new(name, make(name)));
        }
    }

    /// <summary>
    /// Expand (1×1), depthwise convolution (3×3), project (1×1, no activation), add the input where the shape allows.
    /// </summary>
    private static Scope Block(string name, int input, int output, int stride, int expansion)
    {
        var wide = input * expansion;
        var steps = new List<Node>();
        if (expansion != 1) steps.Add(Compose.Conv2dNormActivation("0", input, wide, 1, then: Function.Relu6));
        steps.Add(Compose.Conv2dNormActivation($"{steps.Count}", wide, wide, 3, stride, wide, then: Function.Relu6));
        steps.Add(Compose.ConvNorm($"{steps.Count}", $"{steps.Count + 1}", wide, output, 1));
        Node body = new Scope("conv", "Sequential", new Seq(steps));
        return new(name, "InvertedResidual", stride == 1 && input == output ? new Residual(body) : body);
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("mobilenet_v2", options => Describe(options),
        [
            new TorchvisionFile("mobilenet_v2-b0353104.pth").Weights("mobilenet_v2", 71.88, ImageNetPixels.Standard()),
            new TorchvisionFile("mobilenet_v2-7ebf99e0.pth", 2)
                .Weights("mobilenet_v2", 72.15, ImageNetPixels.Standard(ImageNetPixels.CropOf232)),
        ])
        {
            Aliases = ["MobileNetV2"],
            Classifier = "classifier.1",
            FirstConvolution = "features.0.0",
        },
    ];
}
