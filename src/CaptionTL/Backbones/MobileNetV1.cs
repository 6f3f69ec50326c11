using CaptionTL.Images;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>MobileNet (Howard et al., 2017): depthwise separable convolutions with ReLU6; names and padding as in timm's mobilenetv1_100, or padding as in Keras.</summary>
public sealed class MobileNetV1 : Backbone, IHasFoldables
{
    private const int StemChannels = 32;

    private static readonly (int Channels, int Repeats, int Stride)[] Stages = [(64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 6, 2), (1024, 2, 2)];

    private readonly Conv2d conv_stem;
    private readonly BatchNorm2d bn1;
    private readonly LayerSequence blocks = new("Sequential");
    private readonly Linear? classifier;
    private readonly ConvNorm _stem;
    private readonly NormLinear? _top;

    /// <param name="architecture">The registry's name.</param>
    /// <param name="options">What may be chosen.</param>
    /// <param name="padsEnd">Whether convolutions of stride two are padded at the bottom and right only.</param>
    public MobileNetV1(string architecture, BackboneOptions options, bool padsEnd = false) : base(architecture, options)
    {
        MinimumSize = padsEnd ? 31 : 1;
        conv_stem = Conv2d(options.InputChannels, StemChannels, 3, 2, padsEnd ? 0 : 1, bias: false);
        bn1 = BatchNorm2d(StemChannels);
        _stem = new ConvNorm(conv_stem, bn1, samePadding: padsEnd);
        var channels = StemChannels;
        foreach (var (output, repeats, stride) in Stages)
        {
            var stage = new LayerSequence("Sequential");
            for (var i = 0; i < repeats; i++)
            {
                var step = i == 0 ? stride : 1;
                var block = new LayerSequence("DepthwiseSeparableConv");
                if (padsEnd && step == 2) block.Step(PadEnd, []);
                stage.Layer(block
                    .Convolution(Conv2d(channels, channels, 3, step, padsEnd && step == 2 ? 0 : 1, groups: channels, bias: false), BatchNorm2d(channels), ReLU6(inplace: true), "conv_dw", "bn1", "act1")
                    .Convolution(Conv2d(channels, output, 1, bias: false), BatchNorm2d(output), ReLU6(inplace: true), "conv_pw", "bn2", "act2"));
                channels = output;
            }
            blocks.Layer(stage);
        }
        FeatureChannels = channels;
        if (options.IncludeTop) _top = new NormLinear(classifier = Linear(channels, options.Classes));
        Blocks =
        [
            new BackboneBlock("conv_stem", Stem, ["conv_stem.", "bn1."]),
            .. Enumerable.Range(0, blocks.Count).Select(i => new BackboneBlock($"blocks.{i}", x => blocks.Run(x, i, i + 1), [$"blocks.{i}."])),
        ];
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels { get; }

    public override int MinimumSize { get; }

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    IEnumerable<Foldable> IHasFoldables.Foldables => _top is null ? [_stem] : [_stem, _top];

    protected override Tensor Features(Tensor pixels)
    {
        using var x = Stem(pixels);
        return blocks.call(x);
    }

    protected override Tensor ClassScores(Tensor features) => Scores(features, _top!.Forward);

    // One row and one column of zeros, whatever the size: not quite "same", which asks for two of each where a side is odd.
    private static Tensor PadEnd(Tensor x) => functional.pad(x, (0, 1, 0, 1), PaddingModes.Constant, 0);

    private Tensor Stem(Tensor x) => _stem.Forward(x).hardtanh_(0, 6);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("mobilenet_v1", options => new MobileNetV1("mobilenet_v1", options),
            [new TimmFile("mobilenetv1_100.ra4_e3600_r224_in1k", null, null).Weights("mobilenet_v1", "Apache-2.0", 75.39, ImageNetPixels.Symmetric(224))])
        {
            Aliases = ["MobileNet", "mobilenetv1_100"],
            Classifier = "classifier",
            FirstConvolution = "conv_stem",
            KerasVariant = "keras_mobilenet_v1",
        },
        new("keras_mobilenet_v1", options => new MobileNetV1("keras_mobilenet_v1", options, padsEnd: true),
            [new KerasFile("mobilenet/mobilenet_1_0_224_tf.h5").Weights("keras_mobilenet_v1", "Apache-2.0", 70.4, ImageNetPixels.Symmetric(224, interpolation: Interpolation.Bilinear))])
        {
            Classifier = "classifier",
            FirstConvolution = "conv_stem",
        },
    ];
}
