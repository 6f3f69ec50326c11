using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// Residual networks (He et al., 2015): basic blocks for 18 and 34 layers, bottlenecks with the stride on the 3×3
/// convolution for 50 and more, as in torchvision, whose names the parameters carry; in Keras's on the first 1×1 convolution.
/// </summary>
public sealed class ResNet : Backbone, IHasFoldables
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly MaxPool2d maxpool;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly Linear? fc;
    private readonly ConvNorm _stem;
    private readonly NormLinear? _top;

    public ResNet(string architecture, bool bottleneck, IReadOnlyList<int> depths, BackboneOptions options, bool strideFirst = false) : base(architecture, options)
    {
        conv1 = Conv2d(options.InputChannels, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
        bn1 = BatchNorm2d(64);
        maxpool = MaxPool2d(3, stride: 2, padding: 1);
        var channels = 64;
        layer1 = Stage(ref channels, 64, depths[0], 1, bottleneck, strideFirst);
        layer2 = Stage(ref channels, 128, depths[1], 2, bottleneck, strideFirst);
        layer3 = Stage(ref channels, 256, depths[2], 2, bottleneck, strideFirst);
        layer4 = Stage(ref channels, 512, depths[3], 2, bottleneck, strideFirst);
        avgpool = AdaptiveAvgPool2d(1);
        if (options.IncludeTop) _top = new NormLinear(fc = Linear(channels, options.Classes));
        FeatureChannels = channels;
        _stem = new ConvNorm(conv1, bn1);
        Blocks =
        [
            new BackboneBlock("stem", Stem, ["conv1.", "bn1."]),
            new BackboneBlock("layer1", layer1.call, ["layer1."]),
            new BackboneBlock("layer2", layer2.call, ["layer2."]),
            new BackboneBlock("layer3", layer3.call, ["layer3."]),
            new BackboneBlock("layer4", layer4.call, ["layer4."]),
        ];
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels { get; }

    IEnumerable<Foldable> IHasFoldables.Foldables => _top is null ? [_stem] : [_stem, _top];

    public override IReadOnlyList<string> TopPrefixes => ["fc."];

    protected override Tensor ClassScores(Tensor features) => Scores(features, _top!.Forward, avgpool);

    private Tensor Stem(Tensor x)
    {
        using var y = _stem.Forward(x).relu_();
        return maxpool.call(y);
    }

    private static Sequential Stage(ref int channels, int planes, int depth, int stride, bool bottleneck, bool strideFirst)
    {
        var blocks = new List<Module<Tensor, Tensor>>();
        for (var i = 0; i < depth; i++)
        {
            var block = new ResidualBlock(channels, planes, i == 0 ? stride : 1, bottleneck, strideFirst);
            blocks.Add(block);
            channels = block.OutputChannels;
        }
        return Sequential(blocks);
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("resnet18", false, [2, 2, 2, 2], 69.76, new("resnet18-f37072fd.pth")),
        Entry("resnet34", false, [3, 4, 6, 3], 73.31, new("resnet34-b627a593.pth")),
        Entry("resnet50", true, [3, 4, 6, 3], 76.13, new("resnet50-0676ba61.pth"), 80.86, new("resnet50-11ad3fa6.pth", 2)),
        Entry("resnet101", true, [3, 4, 23, 3], 77.37, new("resnet101-63fe2227.pth"), 81.89, new("resnet101-cd907fc2.pth", 2)),
        Entry("resnet152", true, [3, 8, 36, 3], 78.31, new("resnet152-394f9c45.pth"), 82.28, new("resnet152-f82ba261.pth", 2)),
        KerasEntry("resnet50", [3, 4, 6, 3], 74.9),
        KerasEntry("resnet101", [3, 4, 23, 3], 76.4),
        KerasEntry("resnet152", [3, 8, 36, 3], 76.6),
    ];

    private static BackboneEntry Entry(string name, bool bottleneck, int[] depths, double top1, TorchvisionFile first, double? top1Again = null, TorchvisionFile? second = null) =>
        new(name, options => new ResNet(name, bottleneck, depths, options),
        [
            new TimmFile($"{name}.tv_in1k", null, null).Weights(name, "BSD-3-Clause", top1, ImageNetPixels.Standard()),
            first.Weights(name, top1, ImageNetPixels.Standard()),
            .. second is null ? Array.Empty<BackboneWeights>() : [second.Weights(name, top1Again!.Value, ImageNetPixels.Standard(ImageNetPixels.CropOf232))],
        ])
        {
            KerasVariant = bottleneck ? "keras_" + name : null,
        };

    private static BackboneEntry KerasEntry(string name, int[] depths, double top1) =>
        new("keras_" + name, options => new ResNet("keras_" + name, true, depths, options, strideFirst: true),
            [new KerasFile($"resnet/{name}_weights_tf_dim_ordering_tf_kernels.h5").Weights("keras_" + name, "MIT", top1, ImageNetPixels.Caffe())]);
}
