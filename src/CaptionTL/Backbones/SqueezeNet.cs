using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// SqueezeNet 1.1 (Iandola et al., 2016): fire modules, which squeeze to few channels with a 1×1 convolution and expand with 1×1 and 3×3
/// ones side by side. Names as in torchvision; a block is named by its convolution and begins with the pooling before it.
/// </summary>
public sealed class SqueezeNet : Backbone
{
    // squeezed channels, and the expanded ones of each of the two halves; 0 is a pooling
    private static readonly (int Squeeze, int Expand)[] Fires =
        [(0, 0), (16, 64), (16, 64), (0, 0), (32, 128), (32, 128), (0, 0), (48, 192), (48, 192), (64, 256), (64, 256)];

    private readonly LayerSequence features = new("Sequential");
    private readonly LayerSequence? classifier;

    public SqueezeNet(string architecture, BackboneOptions options) : base(architecture, options)
    {
        features.Convolution(Conv2d(options.InputChannels, 64, 3, stride: 2), null, ReLU(inplace: true));
        var blocks = new List<BackboneBlock> { Block("features.0", 0) };
        var (channels, start) = (64, features.Count);
        foreach (var (squeeze, expand) in Fires)
        {
            if (squeeze == 0)
            {
                features.Layer(MaxPool2d(3, stride: 2, ceil_mode: true));
                continue;
            }
            var name = $"features.{features.LayerCount}";
            features.Layer(new Fire(channels, squeeze, expand));
            channels = 2 * expand;
            blocks.Add(Block(name, start));
            start = features.Count;
        }
        Blocks = blocks;
        if (options.IncludeTop)
            classifier = new LayerSequence("Sequential").Layer(Dropout())
                .Convolution(Conv2d(512, options.Classes, 1), null, ReLU(inplace: true)).Layer(AdaptiveAvgPool2d(1));
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels => 512;

    public override int MinimumSize => 17;

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    protected override Tensor Features(Tensor pixels) => features.call(pixels);

    protected override Tensor ClassScores(Tensor features)
    {
        using var scores = classifier!.call(features);
        return scores.flatten(1);
    }

    private BackboneBlock Block(string name, int start)
    {
        var end = features.Count;
        return new BackboneBlock(name, x => features.Run(x, start, end), [name + "."]);
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("squeezenet1_1", options => new SqueezeNet("squeezenet1_1", options),
            [new TorchvisionFile("squeezenet1_1-b8a52dc0.pth").Weights("squeezenet1_1", 58.18, ImageNetPixels.Standard())])
        {
            Classifier = "classifier.1",
            FirstConvolution = "features.0",
        },
    ];

    /// <summary>(N, C, H, W) to (N, 2 · expand, H, W).</summary>
    private sealed class Fire : Module<Tensor, Tensor>, IHasFoldables
    {
        private readonly Conv2d squeeze;
        private readonly Conv2d expand1x1;
        private readonly Conv2d expand3x3;
        private readonly ConvNorm[] _convolutions;

        public Fire(int channels, int squeezed, int expanded) : base(nameof(Fire))
        {
            squeeze = Conv2d(channels, squeezed, 1);
            expand1x1 = Conv2d(squeezed, expanded, 1);
            expand3x3 = Conv2d(squeezed, expanded, 3, padding: 1);
            _convolutions = [new(squeeze), new(expand1x1), new(expand3x3)];
            RegisterComponents();
        }

        IEnumerable<Foldable> IHasFoldables.Foldables => _convolutions;

        public override Tensor forward(Tensor input)
        {
            using var few = _convolutions[0].Forward(input).relu_();
            using var left = _convolutions[1].Forward(few);
            using var right = _convolutions[2].Forward(few);
            return cat([left, right], 1).relu_();
        }
    }
}
