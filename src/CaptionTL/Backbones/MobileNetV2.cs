using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>MobileNetV2 (Sandler et al., 2018); names and padding as in torchvision.</summary>
public sealed class MobileNetV2 : Backbone
{
    private const int StemChannels = 32;
    private const int HeadChannels = 1280;

    private static readonly (int Expansion, int Channels, int Repeats, int Stride)[] Stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    private readonly LayerSequence features = new("Sequential");
    private readonly LayerSequence? classifier;

    public MobileNetV2(string architecture, BackboneOptions options) : base(architecture, options)
    {
        features.Layer(LayerSequence.ConvNormActivation(Conv2d(options.InputChannels, StemChannels, 3, 2, 1, bias: false), BatchNorm2d(StemChannels), ReLU6(inplace: true)));
        var channels = StemChannels;
        foreach (var (expansion, output, repeats, stride) in Stages)
            for (var i = 0; i < repeats; i++)
            {
                features.Layer(new Bottleneck(channels, output, i == 0 ? stride : 1, expansion));
                channels = output;
            }
        features.Layer(LayerSequence.ConvNormActivation(Conv2d(channels, HeadChannels, 1, bias: false), BatchNorm2d(HeadChannels), ReLU6(inplace: true)));
        Blocks = features.Blocks(nameof(features));
        if (options.IncludeTop) classifier = new LayerSequence("Sequential").Layer(Dropout(0.2)).Linear(Linear(HeadChannels, options.Classes));
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels => HeadChannels;

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    protected override Tensor Features(Tensor pixels) => features.call(pixels);

    protected override Tensor ClassScores(Tensor features) => Scores(features, classifier!.call);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("mobilenet_v2", options => new MobileNetV2("mobilenet_v2", options),
        [
            new TorchvisionFile("mobilenet_v2-b0353104.pth").Weights("mobilenet_v2", 71.88, ImageNetPixels.Standard()),
            new TorchvisionFile("mobilenet_v2-7ebf99e0.pth", 2).Weights("mobilenet_v2", 72.15, ImageNetPixels.Standard(ImageNetPixels.CropOf232)),
        ])
        {
            Aliases = ["MobileNetV2"],
            Classifier = "classifier.1",
            FirstConvolution = "features.0.0",
        },
    ];

    /// <summary>Expand (1×1), filter each channel by itself (3×3), project (1×1, no activation), add the input where the shape allows.</summary>
    private sealed class Bottleneck : Module<Tensor, Tensor>
    {
        private readonly LayerSequence conv = new("Sequential");
        private readonly bool _residual;

        public Bottleneck(int input, int output, int stride, int expansion) : base(nameof(Bottleneck))
        {
            var wide = input * expansion;
            if (expansion != 1) conv.Layer(LayerSequence.ConvNormActivation(Conv2d(input, wide, 1, bias: false), BatchNorm2d(wide), ReLU6(inplace: true)));
            conv.Layer(LayerSequence.ConvNormActivation(Conv2d(wide, wide, 3, stride, 1, groups: wide, bias: false), BatchNorm2d(wide), ReLU6(inplace: true)))
                .Convolution(Conv2d(wide, output, 1, bias: false), BatchNorm2d(output));
            _residual = stride == 1 && input == output;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var x = conv.call(input);
            return _residual ? x.add_(input) : x;
        }
    }
}
