using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;

namespace CaptionTL.Backbones;

/// <summary>
/// DenseNet-121 (Huang et al., 2016): every layer reads what all layers of its block before it wrote. Normalisation and activation stand
/// before the convolutions. Names as in torchvision.
/// </summary>
internal static class DenseNet
{
    private const int Growth = 32;
    private const int BottleneckFactor = 4;
    private const int StemChannels = 64;

    private static readonly int[] Depths = [6, 12, 24, 16];

    private static Network Describe(BackboneOptions options)
    {
        var stem = Compose.ConvNorm(
            "features.conv0", "features.norm0", options.InputChannels, StemChannels, 7, 2, then: new(Function.Relu, "features.relu0"));
        var blocks = new List<NetworkBlock> { new("stem", new Seq(stem, new MaxPool(3, 2, "features.pool0") { Padding = 1 })) };
        var channels = StemChannels;
        for (var b = 0; b < Depths.Length; b++)
        {
            // The input with what each layer adds behind it.
            var first = channels;
            Add($"denseblock{b + 1}", "DenseBlock", [.. Enumerable.Range(0, Depths[b]).Select(i =>
                new Branches(new Identity(), Layer($"denselayer{i + 1}", first + i * Growth)))]);
            channels += Depths[b] * Growth;
            if (b == Depths.Length - 1) break;
            Add($"transition{b + 1}", "Transition",
                [new BatchNorm("norm", channels), new Activation(Function.Relu, "relu"),
                    new Conv("conv", channels, channels / 2, 1), new AvgPool(2, 2, "pool")]);
            channels /= 2;
        }
        blocks.Add(new("norm5", new Seq(new BatchNorm("features.norm5", channels), new Activation(Function.Relu))));
        return new(channels, blocks, Compose.MeanAndLinear("classifier", channels, options.Classes)) { MinimumSize = 29 };

        void Add(string name, string kind, IReadOnlyList<Node> steps) =>
            blocks.Add(new(name, new Scope($"features.{name}", kind, new Seq(steps))));
    }

    private static Scope Layer(string name, int channels) => new(name, "DenseLayer", new Seq(
        new BatchNorm("norm1", channels), new Activation(Function.Relu, "relu1"),
        Compose.ConvNorm("conv1", "norm2", channels, BottleneckFactor * Growth, 1, then: new(Function.Relu, "relu2")),
        new Conv("conv2", BottleneckFactor * Growth, Growth, 3) { Padding = 1 }));

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("densenet121", options => Describe(options),
        [
            new TimmFile("densenet121.tv_in1k", null, null)
                .Weights("densenet121", "Apache-2.0", 74.75, ImageNetPixels.Standard(interpolation: Interpolation.Bicubic)),
            new TorchvisionFile("densenet121-a639ec97.pth").Weights("densenet121", 74.43, ImageNetPixels.Standard()),
            new TimmFile("densenet121.ra_in1k", null, null)
                .Weights("densenet121", "Apache-2.0", 75.57, ImageNetPixels.Standard(interpolation: Interpolation.Bicubic)),
        ])
        {
            Classifier = "classifier",
            FirstConvolution = "features.conv0",
        },
    ];
}
