using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>
/// SqueezeNet 1.1 (Iandola et al., 2016): fire modules, which squeeze to few channels with a 1×1 convolution and expand with 1×1 and 3×3
/// ones side by side. Names as in torchvision; a block is named by its convolution and begins with the pooling before it.
/// </summary>
internal static class SqueezeNet
{
    // squeezed channels, and the expanded ones of each of the two halves; 0 is a pooling
    private static readonly (int Squeeze, int Expand)[] Fires =
        [(0, 0), (16, 64), (16, 64), (0, 0), (32, 128), (32, 128), (0, 0), (48, 192), (48, 192), (64, 256), (64, 256)];

    private static Network Describe(BackboneOptions options)
    {
        var blocks = new List<NetworkBlock>
        {
            new("features.0",
                new Seq(new Conv("features.0", options.InputChannels, 64, 3, 2, Bias: true), new Activation(Function.Relu, "features.1"))),
        };
        var (channels, layer) = (64, 2);
        MaxPool? pool = null;
        foreach (var (squeeze, expand) in Fires)
        {
            var name = $"features.{layer++}";
            if (squeeze == 0)
            {
                pool = new MaxPool(3, 2, name) { Ceiling = true };
                continue;
            }
            var fire = Fire(name, channels, squeeze, expand);
            blocks.Add(new(name, pool is null ? fire : new Seq(pool, fire)));
            (channels, pool) = (2 * expand, null);
        }
        return new(channels, blocks, new Seq(
            new Dropout("classifier.0", 0.5), new Conv("classifier.1", channels, options.Classes, 1, Bias: true),
            new Activation(Function.Relu, "classifier.2"),
            new AdaptiveAvgPool(1, "classifier.3"), new Flatten())) { MinimumSize = 17 };
    }

    private static Scope Fire(string name, int channels, int squeezed, int expanded) => new(name, "Fire", new Seq(
        new Conv("squeeze", channels, squeezed, 1, Bias: true), new Activation(Function.Relu),
        new Branches(new Conv("expand1x1", squeezed, expanded, 1, Bias: true),
            new Conv("expand3x3", squeezed, expanded, 3, Bias: true) { Padding = 1 }),
        new Activation(Function.Relu)));

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("squeezenet1_1", options => Describe(options),
            [new TorchvisionFile("squeezenet1_1-b8a52dc0.pth").Weights("squeezenet1_1", 58.18, ImageNetPixels.Standard())])
        {
            Classifier = "classifier.1",
            FirstConvolution = "features.0",
        },
    ];
}
