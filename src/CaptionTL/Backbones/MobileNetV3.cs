using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>
/// MobileNetV3, small and large (Howard et al., 2019); names, padding and the batch normalisations' ε as in torchvision.
/// </summary>
internal static class MobileNetV3
{
    private const double NormEpsilon = 1e-3;
    private const int StemChannels = 16;

    // kernel, expanded channels, output channels, squeeze and excitation, h-swish instead of ReLU, stride
    private static readonly (int, int, int, bool, bool, int)[] Large =
    [
        (3, 16, 16, false, false, 1), (3, 64, 24, false, false, 2), (3, 72, 24, false, false, 1), (5, 72, 40, true, false, 2),
        (5, 120, 40, true, false, 1), (5, 120, 40, true, false, 1), (3, 240, 80, false, true, 2), (3, 200, 80, false, true, 1),
        (3, 184, 80, false, true, 1), (3, 184, 80, false, true, 1), (3, 480, 112, true, true, 1), (3, 672, 112, true, true, 1),
        (5, 672, 160, true, true, 2), (5, 960, 160, true, true, 1), (5, 960, 160, true, true, 1),
    ];

    private static readonly (int, int, int, bool, bool, int)[] Small =
    [
        (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1), (5, 96, 40, true, true, 2),
        (5, 240, 40, true, true, 1), (5, 240, 40, true, true, 1), (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1),
        (5, 288, 96, true, true, 2), (5, 576, 96, true, true, 1), (5, 576, 96, true, true, 1),
    ];

    private static Network Describe((int, int, int, bool, bool, int)[] rows, int hidden, BackboneOptions options)
    {
        var blocks = new List<NetworkBlock>();
        Add(name => Compose.Conv2dNormActivation(
            name, options.InputChannels, StemChannels, 3, 2, epsilon: NormEpsilon, then: Function.HardSwish));
        var channels = StemChannels;
        foreach (var (kernel, expanded, output, excite, hardSwish, stride) in rows)
        {
            Add(name => Compose.InvertedBottleneck(
                name, channels, expanded, output, kernel, stride, NormEpsilon, hardSwish ? Function.HardSwish : Function.Relu,
                excite
                    ? part => Compose.SqueezeExcitation(
                        part, expanded, Compose.RoundChannels(expanded / 4), Function.Relu, Function.HardSigmoid)
                    : null));
            channels = output;
        }
        var wide = 6 * channels;
        Add(name => Compose.Conv2dNormActivation(name, channels, wide, 1, epsilon: NormEpsilon, then: Function.HardSwish));
        return new(wide, blocks, new Seq(
            new AdaptiveAvgPool(1, "avgpool"), new Flatten(),
            new Linear("classifier.0", wide, hidden), new Activation(Function.HardSwish, "classifier.1"), new Dropout("classifier.2", 0.2),
            new Linear("classifier.3", hidden, options.Classes)));

        void Add(Func<string, Scope> make)
        {
            var name = $"features.{blocks.Count}";
            blocks.Add(new(name, make(name)));
        }
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("mobilenet_v3_small", Small, 1024, "MobileNetV3Small",
            [new TorchvisionFile("mobilenet_v3_small-047dcff4.pth").Weights("mobilenet_v3_small", 67.67, ImageNetPixels.Standard())]),
        Entry("mobilenet_v3_large", Large, 1280, "MobileNetV3Large",
        [
            new TorchvisionFile("mobilenet_v3_large-8738ca79.pth").Weights("mobilenet_v3_large", 74.04, ImageNetPixels.Standard()),
            new TorchvisionFile("mobilenet_v3_large-5c1a4163.pth", 2)
                .Weights("mobilenet_v3_large", 75.27, ImageNetPixels.Standard(ImageNetPixels.CropOf232)),
        ]),
    ];

    private static BackboneEntry Entry(string name, (int, int, int, bool, bool, int)[] blocks, int hidden, string alias,
        BackboneWeights[] weights) =>
        new(name, options => Describe(blocks, hidden, options), weights)
        {
            Aliases = [alias],
            Classifier = "classifier.3",
            FirstConvolution = "features.0.0",
        };
}
