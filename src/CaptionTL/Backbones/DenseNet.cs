using CaptionTL.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// DenseNet-121 (Huang et al., 2016): every layer reads what all layers of its block before it wrote. Normalisation and activation stand
/// before the convolutions. Names as in torchvision.
/// </summary>
public sealed class DenseNet : Backbone, IHasFoldables
{
    private const int Growth = 32;
    private const int BottleneckFactor = 4;
    private const int StemChannels = 64;

    private static readonly int[] Depths = [6, 12, 24, 16];

    private readonly LayerSequence features = new("Sequential");
    private readonly Linear? classifier;
    private readonly NormLinear? _top;

    public DenseNet(string architecture, BackboneOptions options) : base(architecture, options)
    {
        features.Convolution(Conv2d(options.InputChannels, StemChannels, 7, 2, 3, bias: false), BatchNorm2d(StemChannels), ReLU(inplace: true), "conv0", "norm0", "relu0")
            .Layer(MaxPool2d(3, stride: 2, padding: 1), "pool0");
        var blocks = new List<BackboneBlock> { new("stem", x => features.Run(x, 0, 2), ["features.conv0.", "features.norm0."]) };
        var channels = StemChannels;
        for (var b = 0; b < Depths.Length; b++)
        {
            blocks.Add(Layer($"denseblock{b + 1}", new DenseBlock(channels, Depths[b])));
            channels += Depths[b] * Growth;
            if (b == Depths.Length - 1) break;
            blocks.Add(Layer($"transition{b + 1}", new LayerSequence("Transition")
                .Normalisation(BatchNorm2d(channels), ReLU(inplace: true), "norm", "relu")
                .Convolution(Conv2d(channels, channels / 2, 1, bias: false), names: "conv")
                .Layer(AvgPool2d(2, stride: 2), "pool")));
            channels /= 2;
        }
        var last = features.Count;
        features.Normalisation(BatchNorm2d(channels), null, "norm5");
        blocks.Add(new BackboneBlock("norm5", x => features.Run(x, last, last + 1).relu_(), ["features.norm5."]));
        Blocks = blocks;
        FeatureChannels = channels;
        if (options.IncludeTop) _top = new NormLinear(classifier = Linear(channels, options.Classes));
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels { get; }

    public override int MinimumSize => 29;

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    IEnumerable<Foldable> IHasFoldables.Foldables => _top is null ? [] : [_top];

    protected override Tensor Features(Tensor pixels) => features.call(pixels).relu_();

    protected override Tensor ClassScores(Tensor features) => Scores(features, _top!.Forward);

    private BackboneBlock Layer(string name, Module<Tensor, Tensor> layer)
    {
        var position = features.Count;
        features.Layer(layer, name);
        return new BackboneBlock(name, x => features.Run(x, position, position + 1), [$"features.{name}."]);
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("densenet121", options => new DenseNet("densenet121", options),
        [
            new TimmFile("densenet121.tv_in1k", null, null).Weights("densenet121", "Apache-2.0", 74.75, ImageNetPixels.Standard(interpolation: Interpolation.Bicubic)),
            new TorchvisionFile("densenet121-a639ec97.pth").Weights("densenet121", 74.43, ImageNetPixels.Standard()),
            new TimmFile("densenet121.ra_in1k", null, null).Weights("densenet121", "Apache-2.0", 75.57, ImageNetPixels.Standard(interpolation: Interpolation.Bicubic)),
        ])
        {
            Classifier = "classifier",
            FirstConvolution = "features.conv0",
        },
    ];

    /// <summary>(N, C, H, W) to (N, C + depth · growth, H, W): the input with what each layer adds behind it.</summary>
    private sealed class DenseBlock : Module<Tensor, Tensor>
    {
        private readonly List<LayerSequence> _layers = [];

        public DenseBlock(int channels, int depth) : base(nameof(DenseBlock))
        {
            for (var i = 0; i < depth; i++)
            {
                var layer = new LayerSequence("DenseLayer")
                    .Normalisation(BatchNorm2d(channels), ReLU(inplace: true), "norm1", "relu1")
                    .Convolution(Conv2d(channels, BottleneckFactor * Growth, 1, bias: false), BatchNorm2d(BottleneckFactor * Growth), ReLU(inplace: true), "conv1", "norm2", "relu2")
                    .Convolution(Conv2d(BottleneckFactor * Growth, Growth, 3, padding: 1, bias: false), names: "conv2");
                register_module($"denselayer{i + 1}", layer);
                _layers.Add(layer);
                channels += Growth;
            }
        }

        public override Tensor forward(Tensor input)
        {
            var x = input;
            foreach (var layer in _layers)
            {
                using var added = layer.call(x);
                var wider = cat([x, added], 1);
                if (!ReferenceEquals(x, input)) x.Dispose();
                x = wider;
            }
            return x;
        }
    }
}
