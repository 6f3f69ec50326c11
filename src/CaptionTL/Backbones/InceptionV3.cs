using CaptionTL.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// Inception v3 (Szegedy et al., 2015); names as in torchvision. The auxiliary classifier takes part in training only: it is there so that
/// published files fit, and inference passes it by. A block begins with the pooling before it. Keras's leaves the padding out of averages.
/// </summary>
public sealed class InceptionV3 : Backbone, IHasFoldables
{
    private readonly MaxPool2d maxpool1;
    private readonly MaxPool2d maxpool2;
    private readonly Linear? fc;
    private readonly NormLinear? _top;

    public InceptionV3(string architecture, BackboneOptions options, bool countsPadding = true) : base(architecture, options)
    {
        maxpool1 = MaxPool2d(3, stride: 2);
        maxpool2 = MaxPool2d(3, stride: 2);
        Blocks =
        [
            Block("Conv2d_1a_3x3", InceptionBlock.Convolution(options.InputChannels, 32, 3, stride: 2)),
            Block("Conv2d_2a_3x3", InceptionBlock.Convolution(32, 32, 3)),
            Block("Conv2d_2b_3x3", InceptionBlock.Convolution(32, 64, 3, padding: 1)),
            Block("Conv2d_3b_1x1", InceptionBlock.Convolution(64, 80, 1), maxpool1),
            Block("Conv2d_4a_3x3", InceptionBlock.Convolution(80, 192, 3)),
            Block("Mixed_5b", InceptionBlock.A(192, 32, countsPadding), maxpool2),
            Block("Mixed_5c", InceptionBlock.A(256, 64, countsPadding)),
            Block("Mixed_5d", InceptionBlock.A(288, 64, countsPadding)),
            Block("Mixed_6a", InceptionBlock.B(288)),
            Block("Mixed_6b", InceptionBlock.C(768, 128, countsPadding)),
            Block("Mixed_6c", InceptionBlock.C(768, 160, countsPadding)),
            Block("Mixed_6d", InceptionBlock.C(768, 160, countsPadding)),
            Block("Mixed_6e", InceptionBlock.C(768, 192, countsPadding)),
            Block("Mixed_7a", InceptionBlock.D(768)),
            Block("Mixed_7b", InceptionBlock.E(1280, countsPadding)),
            Block("Mixed_7c", InceptionBlock.E(2048, countsPadding)),
        ];
        if (options.IncludeTop)
        {
            if (options.AuxiliaryHead) register_module("AuxLogits", InceptionBlock.AuxiliaryHead(768, options.Classes));
            _top = new NormLinear(fc = Linear(2048, options.Classes));
        }
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels => 2048;

    public override int MinimumSize => 75;

    public override IReadOnlyList<string> TopPrefixes => [AuxiliaryPrefix, "fc."];

    IEnumerable<Foldable> IHasFoldables.Foldables => _top is null ? [] : [_top];

    protected override Tensor ClassScores(Tensor features) => Scores(features, _top!.Forward);

    private BackboneBlock Block(string name, Module<Tensor, Tensor> layer, MaxPool2d? pool = null)
    {
        register_module(name, layer);
        return new BackboneBlock(name, Run, [name + "."]);

        Tensor Run(Tensor x)
        {
            using var pooled = pool?.call(x);
            return layer.call(pooled ?? x);
        }
    }

    private const string AuxiliaryPrefix = "AuxLogits.";

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        // torchvision normalises with ImageNet's mean and deviation and then undoes it in the network: in sum, values from −1 to 1.
        new("inception_v3", options => new InceptionV3("inception_v3", options),
        [
            new TimmFile("inception_v3.tv_in1k", null, null).Weights("inception_v3", "Apache-2.0", 77.47, ImageNetPixels.Symmetric(299)),
            new TorchvisionFile("inception_v3_google-0cc3c7bd.pth").Weights("inception_v3", 77.29, ImageNetPixels.Symmetric(299, 0.8742f, Interpolation.Bilinear)),
            new TimmFile("inception_v3.tf_in1k", null, null).Weights("inception_v3", "Apache-2.0", 77.87, ImageNetPixels.Symmetric(299)),
        ])
        {
            Aliases = ["InceptionV3"],
            FirstConvolution = "Conv2d_1a_3x3.conv",
            AuxiliaryPrefix = AuxiliaryPrefix,
            KerasVariant = "keras_inception_v3",
        },
        new("keras_inception_v3", options => new InceptionV3("keras_inception_v3", options with { AuxiliaryHead = false }, countsPadding: false),
            [new KerasFile("inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5").Weights("keras_inception_v3", "Apache-2.0", 77.9, ImageNetPixels.Symmetric(299, interpolation: Interpolation.Bilinear))])
        {
            FirstConvolution = "Conv2d_1a_3x3.conv",
        },
    ];
}
