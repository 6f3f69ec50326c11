using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>MobileNetV3, small and large (Howard et al., 2019); names, padding and the batch normalisations' ε as in torchvision.</summary>
public sealed class MobileNetV3 : Backbone
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

    private readonly LayerSequence features = new("Sequential");
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly LayerSequence? classifier;

    private MobileNetV3(string architecture, (int, int, int, bool, bool, int)[] blocks, int hidden, BackboneOptions options) : base(architecture, options)
    {
        features.Layer(LayerSequence.ConvNormActivation(Conv2d(options.InputChannels, StemChannels, 3, 2, 1, bias: false), BatchNorm2d(StemChannels, eps: NormEpsilon), Hardswish(inplace: true)));
        var channels = StemChannels;
        foreach (var (kernel, expanded, output, excite, hardSwish, stride) in blocks)
        {
            var excitation = excite ? new SqueezeExcitation(expanded, Channels.Round(expanded / 4), x => x.relu_(), x => x.hardsigmoid_()) : null;
            features.Layer(new MobileBlock(new(channels, expanded, output, kernel, stride), NormEpsilon, () => hardSwish ? Hardswish(inplace: true) : ReLU(inplace: true), excitation));
            channels = output;
        }
        FeatureChannels = 6 * channels;
        features.Layer(LayerSequence.ConvNormActivation(Conv2d(channels, FeatureChannels, 1, bias: false), BatchNorm2d(FeatureChannels, eps: NormEpsilon), Hardswish(inplace: true)));
        Blocks = features.Blocks(nameof(features));
        avgpool = AdaptiveAvgPool2d(1);
        if (options.IncludeTop)
            classifier = new LayerSequence("Sequential").Linear(Linear(FeatureChannels, hidden), Hardswish(inplace: true)).Layer(Dropout(0.2)).Linear(Linear(hidden, options.Classes));
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels { get; }

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    protected override Tensor Features(Tensor pixels) => features.call(pixels);

    protected override Tensor ClassScores(Tensor features) => Scores(features, classifier!.call, avgpool);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("mobilenet_v3_small", Small, 1024, "MobileNetV3Small", [new TorchvisionFile("mobilenet_v3_small-047dcff4.pth").Weights("mobilenet_v3_small", 67.67, ImageNetPixels.Standard())]),
        Entry("mobilenet_v3_large", Large, 1280, "MobileNetV3Large",
        [
            new TorchvisionFile("mobilenet_v3_large-8738ca79.pth").Weights("mobilenet_v3_large", 74.04, ImageNetPixels.Standard()),
            new TorchvisionFile("mobilenet_v3_large-5c1a4163.pth", 2).Weights("mobilenet_v3_large", 75.27, ImageNetPixels.Standard(ImageNetPixels.CropOf232)),
        ]),
    ];

    private static BackboneEntry Entry(string name, (int, int, int, bool, bool, int)[] blocks, int hidden, string alias, BackboneWeights[] weights) =>
        new(name, options => new MobileNetV3(name, blocks, hidden, options), weights)
        {
            Aliases = [alias],
            Classifier = "classifier.3",
            FirstConvolution = "features.0.0",
        };
}
