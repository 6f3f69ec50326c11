using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>
/// VGG (Simonyan and Zisserman, 2014): five blocks of 3×3 convolutions, each ending with a pooling that halves the grid, and three
/// linear layers. Names as in torchvision, with (_bn) or without batch normalisation.
/// </summary>
internal static class Vgg
{
    private static readonly int[] Channels = [64, 128, 256, 512, 512];

    /// <param name="convolutions">Of each of the five blocks.</param>
    /// <param name="batchNorm">Whether a batch normalisation stands behind every convolution.</param>
    /// <param name="options">Classes and input channels.</param>
    private static Network Describe(IReadOnlyList<int> convolutions, bool batchNorm, BackboneOptions options)
    {
        var blocks = new List<NetworkBlock>();
        var (channels, layer) = (options.InputChannels, 0);
        for (var b = 0; b < Channels.Length; b++)
        {
            var steps = new List<Node>();
            for (var i = 0; i < convolutions[b]; i++)
            {
                steps.Add(new Conv(Next(), channels, Channels[b], 3, Bias: true) { Padding = 1 });
                if (batchNorm) steps.Add(new BatchNorm(Next(), Channels[b]));
                steps.Add(new Activation(Function.Relu, Next()));
                channels = Channels[b];
            }
            steps.Add(new MaxPool(2, 2, Next()));
            blocks.Add(new($"block{b + 1}", new Seq(steps)));
        }
        var top = new Seq(
            new AdaptiveAvgPool(7, "avgpool"), new Flatten(),
            new Linear("classifier.0", 512 * 7 * 7, 4096), new Activation(Function.Relu, "classifier.1"), new Dropout("classifier.2", 0.5),
            new Linear("classifier.3", 4096, 4096), new Activation(Function.Relu, "classifier.4"), new Dropout("classifier.5", 0.5),
            new Linear("classifier.6", 4096, options.Classes));
        return new(channels, blocks, top) { MinimumSize = 32 };

        string Next() => $"features.{layer++}";
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("vgg16", [2, 2, 3, 3, 3], false, 71.59, new("vgg16-397923af.pth"), 71.3),
        Entry("vgg16_bn", [2, 2, 3, 3, 3], true, 73.36, new("vgg16_bn-6c64b313.pth")),
        Entry("vgg19", [2, 2, 4, 4, 4], false, 72.38, new("vgg19-dcbb9e9d.pth"), 71.3),
        Entry("vgg19_bn", [2, 2, 4, 4, 4], true, 74.22, new("vgg19_bn-c79401a0.pth")),
    ];

    private static BackboneEntry Entry(string name, int[] convolutions, bool batchNorm, double top1, TorchvisionFile file,
        double? kerasTop1 = null) =>
        new(name, options => Describe(convolutions, batchNorm, options),
        [
            file.Weights(name, top1, ImageNetPixels.Standard()),
            .. kerasTop1 is { } of ? [new KerasFile($"{name}/{name}_weights_tf_dim_ordering_tf_kernels.h5")
            .Weights(name, "CC-BY-4.0", of, ImageNetPixels.Caffe())] : Array.Empty<BackboneWeights>(),
        ])
        {
            Classifier = "classifier.6",
            FirstConvolution = "features.0",
        };
}
