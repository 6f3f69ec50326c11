using CaptionTL.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>Xception (Chollet, 2016): depthwise separable convolutions with residual connections; names and padding as in timm's legacy_xception, or the pooling's padding as in Keras.</summary>
public sealed class Xception : Backbone, IHasFoldables
{
    // output channels, separable convolutions, stride, ReLU first, widening in the last convolution instead of the first
    private static readonly (int Channels, int Repeats, int Stride, bool ActivateFirst, bool GrowLast)[] Residuals =
    [
        (128, 2, 2, false, false), (256, 2, 2, true, false), (728, 2, 2, true, false),
        .. Enumerable.Repeat((728, 3, 1, true, false), 8),
        (1024, 2, 2, true, true),
    ];

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly SeparableConv conv3;
    private readonly BatchNorm2d bn3;
    private readonly SeparableConv conv4;
    private readonly BatchNorm2d bn4;
    private readonly Linear? fc;
    private readonly ConvNorm[] _stem;
    private readonly SeparableConvNorm[] _head;
    private readonly NormLinear? _top;

    public Xception(string architecture, BackboneOptions options, bool samePooling = false) : base(architecture, options)
    {
        conv1 = Conv2d(options.InputChannels, 32, 3, stride: 2, bias: false);
        bn1 = BatchNorm2d(32);
        conv2 = Conv2d(32, 64, 3, bias: false);
        bn2 = BatchNorm2d(64);
        _stem = [new(conv1, bn1), new(conv2, bn2)];
        var blocks = new List<BackboneBlock>
        {
            new("conv1", x => _stem[0].Forward(x).relu_(), ["conv1.", "bn1."]),
            new("conv2", x => _stem[1].Forward(x).relu_(), ["conv2.", "bn2."]),
        };
        var channels = 64;
        foreach (var (output, repeats, stride, activateFirst, growLast) in Residuals)
        {
            var name = $"block{blocks.Count - 1}";
            var block = new XceptionBlock(channels, output, repeats, stride, activateFirst, growLast, samePooling);
            register_module(name, block);
            blocks.Add(new BackboneBlock(name, block.call, [name + "."]));
            channels = output;
        }
        conv3 = new SeparableConv(channels, 1536);
        bn3 = BatchNorm2d(1536);
        conv4 = new SeparableConv(1536, 2048);
        bn4 = BatchNorm2d(2048);
        _head = [new(conv3, bn3), new(conv4, bn4)];
        blocks.Add(new BackboneBlock("conv3", x => _head[0].Forward(x).relu_(), ["conv3.", "bn3."]));
        blocks.Add(new BackboneBlock("conv4", x => _head[1].Forward(x).relu_(), ["conv4.", "bn4."]));
        Blocks = blocks;
        if (options.IncludeTop) _top = new NormLinear(fc = Linear(2048, options.Classes));
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels => 2048;

    public override int MinimumSize => 7;

    public override IReadOnlyList<string> TopPrefixes => ["fc."];

    IEnumerable<Foldable> IHasFoldables.Foldables => [.. _stem, .. _head.SelectMany(h => h.Foldables), .. _top is null ? Array.Empty<Foldable>() : [_top]];

    protected override Tensor ClassScores(Tensor features) => Scores(features, _top!.Forward);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("xception", options => new Xception("xception", options),
        [
            new BackboneWeights("legacy_xception.tf_in1k", "xception", new()
            {
                Name = "legacy_xception.tf_in1k",
                FileName = "xception-43020ad28.pth",
                Address = new Uri("https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-cadene/xception-43020ad28.pth"),
                Sha256 = "43020ad28",
                Licence = "Apache-2.0",
                Source = "https://github.com/huggingface/pytorch-image-models",
            }, ImageNetPixels.Symmetric(299, 0.8975f), 79.06),
        ])
        {
            Aliases = ["legacy_xception"],
            KerasVariant = "keras_xception",
        },
        new("keras_xception", options => new Xception("keras_xception", options, samePooling: true),
            [new KerasFile("xception/xception_weights_tf_dim_ordering_tf_kernels.h5").Weights("keras_xception", "MIT", 79.0, ImageNetPixels.Symmetric(299, interpolation: Interpolation.Bilinear))]),
    ];
}
