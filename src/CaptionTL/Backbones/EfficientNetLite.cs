using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// EfficientNet-Lite: EfficientNet (Tan and Le, 2019) without squeeze-and-excitation, with ReLU6, its stem and head not scaled.
/// Names and padding as in timm's tf_efficientnet_lite models, whose weights come from TensorFlow.
/// </summary>
public sealed class EfficientNetLite : Backbone, IHasFoldables
{
    private const int StemChannels = 32;
    private const int HeadChannels = 1280;

    private readonly Conv2d conv_stem;
    private readonly BatchNorm2d bn1;
    private readonly Sequential blocks;
    private readonly Conv2d conv_head;
    private readonly BatchNorm2d bn2;
    private readonly Linear? classifier;
    private readonly ConvNorm _stem;
    private readonly ConvNorm _head;
    private readonly NormLinear? _top;

    public EfficientNetLite(string architecture, double width, double depth, BackboneOptions options) : base(architecture, options)
    {
        conv_stem = Conv2d(options.InputChannels, StemChannels, kernel_size: 3, stride: 2, bias: false);
        bn1 = BatchNorm2d(StemChannels, eps: InvertedResidual.NormEpsilon);
        var stages = new List<Sequential>();
        var channels = StemChannels;
        for (var s = 0; s < EfficientNet.Stages.Length; s++)
        {
            var (expansion, kernel, stride, stageChannels, repeats) = EfficientNet.Stages[s];
            var wide = Channels.Round(stageChannels * width);
            // The first and the last stage keep their single block at every depth.
            var deep = s == 0 || s == EfficientNet.Stages.Length - 1 ? repeats : (int)Math.Ceiling(repeats * depth);
            var stage = new List<Module<Tensor, Tensor>>();
            for (var i = 0; i < deep; i++)
            {
                stage.Add(new InvertedResidual(channels, wide, expansion, kernel, i == 0 ? stride : 1));
                channels = wide;
            }
            stages.Add(Sequential(stage));
        }
        blocks = Sequential(stages.ToArray<Module<Tensor, Tensor>>());
        conv_head = Conv2d(channels, HeadChannels, kernel_size: 1, bias: false);
        bn2 = BatchNorm2d(HeadChannels, eps: InvertedResidual.NormEpsilon);
        if (options.IncludeTop) _top = new NormLinear(classifier = Linear(HeadChannels, options.Classes));
        _stem = new ConvNorm(conv_stem, bn1, samePadding: true);
        _head = new ConvNorm(conv_head, bn2);
        Blocks =
        [
            new BackboneBlock("conv_stem", x => _stem.Forward(x).hardtanh_(0, 6), ["conv_stem.", "bn1."]),
            .. stages.Select((stage, i) => new BackboneBlock($"blocks.{i}", x => stage.call(x), [$"blocks.{i}."])),
            new BackboneBlock("conv_head", x => _head.Forward(x).hardtanh_(0, 6), ["conv_head.", "bn2."]),
        ];
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels => HeadChannels;

    IEnumerable<Foldable> IHasFoldables.Foldables => _top is null ? [_stem, _head] : [_stem, _head, _top];

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    protected override Tensor ClassScores(Tensor features) => Scores(features, _top!.Forward);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("tf_efficientnet_lite0", 1.0, 1.0, 224, 0.875f, 74.83, new("tf_efficientnet_lite0.in1k", 18_802_904, "7b91a2b0b37ebfed237a0f60d6f4a7a8efb0873a99e364b78e977554d09273a6")),
        Entry("tf_efficientnet_lite1", 1.0, 1.1, 240, 0.882f, 76.64, new("tf_efficientnet_lite1.in1k", null, null)),
        Entry("tf_efficientnet_lite2", 1.1, 1.2, 260, 0.890f, 77.46, new("tf_efficientnet_lite2.in1k", null, null)),
    ];

    private static BackboneEntry Entry(string name, double width, double depth, int size, float crop, double top1, TimmFile file) =>
        new(name, options => new EfficientNetLite(name, width, depth, options),
        [
            file.Weights(name, "Apache-2.0", top1, ImageNetPixels.Symmetric(size, crop)),
        ])
        {
            Classifier = "classifier",
            FirstConvolution = "conv_stem",
        };
}
