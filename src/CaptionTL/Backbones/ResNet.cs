using CaptionTL.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// Residual networks (He et al., 2015): basic blocks for 18 and 34 layers, bottlenecks with the stride on the 3×3
/// convolution for 50 and more, as in torchvision, whose names the parameters carry.
/// </summary>
public sealed class ResNet : Backbone, IHasConvNorms
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

    public ResNet(string architecture, bool bottleneck, IReadOnlyList<int> depths, BackboneOptions options) : base(architecture, options)
    {
        conv1 = Conv2d(options.InputChannels, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
        bn1 = BatchNorm2d(64);
        maxpool = MaxPool2d(3, stride: 2, padding: 1);
        var channels = 64;
        layer1 = Stage(ref channels, 64, depths[0], 1, bottleneck);
        layer2 = Stage(ref channels, 128, depths[1], 2, bottleneck);
        layer3 = Stage(ref channels, 256, depths[2], 2, bottleneck);
        layer4 = Stage(ref channels, 512, depths[3], 2, bottleneck);
        avgpool = AdaptiveAvgPool2d(1);
        if (options.IncludeTop) fc = Linear(channels, options.Classes);
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

    IEnumerable<ConvNorm> IHasConvNorms.ConvNorms => [_stem];

    public override IReadOnlyList<string> TopPrefixes => ["fc."];

    protected override Tensor ClassScores(Tensor features)
    {
        using var pooled = avgpool.call(features);
        using var flat = pooled.flatten(1);
        return fc!.call(flat);
    }

    private Tensor Stem(Tensor x)
    {
        using var y = _stem.Forward(x).relu_();
        return maxpool.call(y);
    }

    private static Sequential Stage(ref int channels, int planes, int depth, int stride, bool bottleneck)
    {
        var blocks = new List<Module<Tensor, Tensor>>();
        for (var i = 0; i < depth; i++)
        {
            var block = new ResidualBlock(channels, planes, i == 0 ? stride : 1, bottleneck);
            blocks.Add(block);
            channels = block.OutputChannels;
        }
        return Sequential(blocks);
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("resnet18", false, [2, 2, 2, 2], 69.76),
        Entry("resnet34", false, [3, 4, 6, 3], 73.31),
        Entry("resnet50", true, [3, 4, 6, 3], 76.13),
        Entry("resnet101", true, [3, 4, 23, 3], 77.37),
        Entry("resnet152", true, [3, 8, 36, 3], 78.31),
    ];

    private static BackboneEntry Entry(string name, bool bottleneck, int[] depths, double top1) =>
        new(name, options => new ResNet(name, bottleneck, depths, options),
        [
            new TimmFile($"{name}.tv_in1k", null, null).Weights(name, "BSD-3-Clause", top1, new Preprocessing
            {
                Height = 224,
                Width = 224,
                Mean = [0.485f, 0.456f, 0.406f],
                Std = [0.229f, 0.224f, 0.225f],
                Interpolation = Interpolation.Bilinear,
                CropFraction = 0.875f,
            }),
        ]);
}
