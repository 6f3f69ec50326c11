using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;

namespace CaptionTL.Backbones;

/// <summary>
/// Xception (Chollet, 2016): depthwise separable convolutions with residual connections; names and padding as in timm's legacy_xception,
/// or the pooling's padding as in Keras.
/// </summary>
internal static class Xception
{
    // output channels, separable convolutions, stride, ReLU first, widening in the last convolution instead of the first
    private static readonly (int Channels, int Repeats, int Stride, bool ActivateFirst, bool GrowLast)[] Residuals =
    [
        (128, 2, 2, false, false), (256, 2, 2, true, false), (728, 2, 2, true, false),
        .. Enumerable.Repeat((728, 3, 1, true, false), 8),
        (1024, 2, 2, true, true),
    ];

    private static Network Describe(BackboneOptions options, bool samePooling = false)
    {
        var relu = new Activation(Function.Relu);
        var blocks = new List<NetworkBlock>
        {
            new("conv1", Compose.ConvNorm("conv1", "bn1", options.InputChannels, 32, 3, 2, 0, then: relu)),
            new("conv2", Compose.ConvNorm("conv2", "bn2", 32, 64, 3, 1, 0, then: relu)),
        };
        var channels = 64;
        foreach (var (output, repeats, stride, activateFirst, growLast) in Residuals)
        {
            var name = $"block{blocks.Count - 1}";
            blocks.Add(new(name, Block(name, channels, output, repeats, stride, activateFirst, growLast, samePooling)));
            channels = output;
        }
        blocks.Add(new("conv3", new Seq(Separable("conv3", channels, 1536), new BatchNorm("bn3", 1536), relu)));
        blocks.Add(new("conv4", new Seq(Separable("conv4", 1536, 2048), new BatchNorm("bn4", 2048), relu)));
        return new(2048, blocks, Compose.MeanAndLinear("fc", 2048, options.Classes)) { MinimumSize = 7 };
    }

    /// <summary>
    /// Separable convolutions and a pooling where the grid becomes smaller, plus the input, projected where its shape differs.
    /// </summary>
    private static Scope Block(
        string name, int input, int output, int repeats, int stride, bool activateFirst, bool growLast, bool samePooling)
    {
        var (steps, layer) = (new List<Node>(), 0);
        for (var i = 0; i < repeats; i++)
        {
            var from = i == 0 || growLast ? input : output;
            var to = growLast && i < repeats - 1 ? input : output;
            if (i > 0 || activateFirst) steps.Add(new Activation(Function.Relu, $"{layer++}"));
            steps.Add(Separable($"{layer++}", from, to));
            steps.Add(new BatchNorm($"{layer++}", to));
        }
        if (stride != 1) steps.Add(new MaxPool(3, stride, $"{layer}") { Padding = samePooling ? 0 : 1, Same = samePooling });
        var shortcut = stride != 1 || input != output ? Compose.ConvNorm("skip", "skipbn", input, output, 1, stride) : null;
        return new(name, "Block", new Residual(new Scope("rep", "Sequential", new Seq(steps)), shortcut));
    }

    /// <summary>A depthwise 3×3 convolution and a 1×1 convolution across the channels.</summary>
    private static Scope Separable(string name, int input, int output) => new(name, "SeparableConv2d", new Seq(
        new Conv("conv1", input, input, 3, Groups: input) { Padding = 1 }, new Conv("pointwise", input, output, 1)));

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("xception", options => Describe(options),
        [
            new BackboneWeights("legacy_xception.tf_in1k", "xception", new()
            {
                Name = "legacy_xception.tf_in1k",
                FileName = "xception-43020ad28.pth",
                Address = new Uri(
                    "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-cadene/xception-43020ad28.pth"),
                Sha256 = "43020ad28",
                Licence = "Apache-2.0",
                Source = "https://github.com/huggingface/pytorch-image-models",
            }, ImageNetPixels.Symmetric(299, 0.8975f), 79.06),
        ])
        {
            Aliases = ["legacy_xception"],
            KerasVariant = "keras_xception",
        },
        new("keras_xception", options => Describe(options, samePooling: true),
            [new KerasFile("xception/xception_weights_tf_dim_ordering_tf_kernels.h5")
                .Weights("keras_xception", "MIT", 79.0, ImageNetPixels.Symmetric(299, interpolation: Interpolation.Bilinear))]),
    ];
}
