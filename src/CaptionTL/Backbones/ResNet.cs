using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>
/// Residual networks (He et al., 2015): basic blocks for 18 and 34 layers, bottlenecks with the stride on the 3×3
/// convolution for 50 and more, as in torchvision, whose names the parameters carry; in Keras's on the first 1×1 convolution.
/// </summary>
internal static class ResNet
{
    private static Network Describe(bool bottleneck, IReadOnlyList<int> depths, BackboneOptions options, bool strideFirst = false)
    {
        var channels = 64;
        var blocks = new List<NetworkBlock>
        {
            new("stem", new Seq(Compose.ConvNorm("conv1", "bn1", options.InputChannels, channels, 7, 2, then: new(Function.Relu)),
                new MaxPool(3, 2, "maxpool") { Padding = 1 })),
        };
        for (var stage = 0; stage < depths.Count; stage++)
        {
            var residuals = new List<Node>();
            for (var i = 0; i < depths[stage]; i++)
            {
                var planes = 64 << stage;
                residuals.Add(Block($"{i}", channels, planes, i == 0 && stage > 0 ? 2 : 1, bottleneck, strideFirst));
                channels = bottleneck ? 4 * planes : planes;
            }
            var name = $"layer{stage + 1}";
            blocks.Add(new(name, new Scope(name, "Sequential", new Seq(residuals))));
        }
        return new(channels, blocks, Compose.MeanAndLinear("fc", channels, options.Classes, "avgpool"));
    }

    /// <summary>
    /// 3×3, 3×3 (basic) or 1×1, 3×3, 1×1 with four times the channels (bottleneck), plus the input, projected where its shape differs.
    /// </summary>
    private static Scope Block(string name, int input, int planes, int stride, bool bottleneck, bool strideFirst)
    {
        var relu = new Activation(Function.Relu);
        var output = bottleneck ? 4 * planes : planes;
        var (first, second) = bottleneck && !strideFirst ? (1, stride) : (stride, 1);
        var body = new List<Node>
        {
            Compose.ConvNorm("conv1", "bn1", input, planes, bottleneck ? 1 : 3, first, then: relu),
            Compose.ConvNorm("conv2", "bn2", planes, planes, 3, second, then: bottleneck ? relu : null),
        };
        if (bottleneck) body.Add(Compose.ConvNorm("conv3", "bn3", planes, output, 1));
        var shortcut = stride != 1 || input != output
            ? new Scope("downsample", "Sequential", Compose.ConvNorm("0", "1", input, output, 1, stride))
            : null;
        return new(name, bottleneck ? "Bottleneck" : "BasicBlock", new Residual(new Seq(body), shortcut, relu));
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

    private static BackboneEntry Entry(string name, bool bottleneck, int[] depths, double top1, TorchvisionFile first,
        double? top1Again = null, TorchvisionFile? second = null) =>
        new(name, options => Describe(bottleneck, depths, options),
        [
            new TimmFile($"{name}.tv_in1k", null, null).Weights(name, "BSD-3-Clause", top1, ImageNetPixels.Standard()),
            first.Weights(name, top1, ImageNetPixels.Standard()),
            .. second is null ? Array.Empty<BackboneWeights>()
            : [second.Weights(name, top1Again!.Value, ImageNetPixels.Standard(ImageNetPixels.CropOf232))],
        ])
        {
            KerasVariant = bottleneck ? "keras_" + name : null,
        };

    private static BackboneEntry KerasEntry(string name, int[] depths, double top1) =>
        new("keras_" + name, options => Describe(true, depths, options, strideFirst: true),
            [new KerasFile($"resnet/{name}_weights_tf_dim_ordering_tf_kernels.h5")
                .Weights("keras_" + name, "MIT", top1, ImageNetPixels.Caffe())]);
}
