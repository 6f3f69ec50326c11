using CaptionTL.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>EfficientNet-B0 (Tan and Le, 2019): inverted bottlenecks with squeeze and excitation and SiLU; names and padding as in torchvision.</summary>
public sealed class EfficientNet : Backbone
{
    private const double NormEpsilon = 1e-5;
    private const int StemChannels = 32;
    private const int HeadChannels = 1280;

    /// <summary>Of B0, from which the others are scaled.</summary>
    internal static readonly (int Expansion, int Kernel, int Stride, int Channels, int Repeats)[] Stages =
        [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)];

    private readonly LayerSequence features = new("Sequential");
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly LayerSequence? classifier;

    public EfficientNet(string architecture, BackboneOptions options) : base(architecture, options)
    {
        features.Layer(LayerSequence.ConvNormActivation(Conv2d(options.InputChannels, StemChannels, 3, 2, 1, bias: false), BatchNorm2d(StemChannels, eps: NormEpsilon), SiLU(inplace: true)));
        var channels = StemChannels;
        foreach (var (expansion, kernel, stride, output, repeats) in Stages)
        {
            var stage = new LayerSequence("Sequential");
            for (var i = 0; i < repeats; i++)
            {
                var expanded = channels * expansion;
                // The squeeze is a quarter of the block's input, not of what it was expanded to.
                var excitation = new SqueezeExcitation(expanded, Math.Max(1, channels / 4), x => x.silu_(), x => x.sigmoid_());
                stage.Layer(new MobileBlock(new(channels, expanded, output, kernel, i == 0 ? stride : 1), NormEpsilon, () => SiLU(inplace: true), excitation));
                channels = output;
            }
            features.Layer(stage);
        }
        features.Layer(LayerSequence.ConvNormActivation(Conv2d(channels, HeadChannels, 1, bias: false), BatchNorm2d(HeadChannels, eps: NormEpsilon), SiLU(inplace: true)));
        Blocks = features.Blocks(nameof(features));
        avgpool = AdaptiveAvgPool2d(1);
        if (options.IncludeTop) classifier = new LayerSequence("Sequential").Layer(Dropout(0.2)).Linear(Linear(HeadChannels, options.Classes));
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels => HeadChannels;

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    protected override Tensor Features(Tensor pixels) => features.call(pixels);

    protected override Tensor ClassScores(Tensor features) => Scores(features, classifier!.call, avgpool);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        // torchvision's file is timm's training, hence timm's licence.
        new("efficientnet_b0", options => new EfficientNet("efficientnet_b0", options),
            [new TorchvisionFile("efficientnet_b0_rwightman-7f5810bc.pth").Weights("efficientnet_b0", 77.69, ImageNetPixels.Standard(interpolation: Interpolation.Bicubic), "Apache-2.0")])
        {
            Aliases = ["EfficientNetB0"],
            Classifier = "classifier.1",
            FirstConvolution = "features.0.0",
        },
    ];
}
