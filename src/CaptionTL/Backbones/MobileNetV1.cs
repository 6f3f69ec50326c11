using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;

namespace CaptionTL.Backbones;

/// <summary>
/// MobileNet (Howard et al., 2017): depthwise separable convolutions with ReLU6; names and padding as in timm's mobilenetv1_100, or
/// padding as in Keras.
/// </summary>
internal static class MobileNetV1
{
    private const int StemChannels = 32;

    private static readonly (int Channels, int Repeats, int Stride)[] Stages = [(64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 6, 2),
        (1024, 2, 2)];

    /// <param name="options">What may be chosen.</param>
    /// <param name="padsEnd">Whether convolutions of stride two are padded at the bottom and right only.</param>
    private static Network Describe(BackboneOptions options, bool padsEnd = false)
    {
        var blocks = new List<NetworkBlock>
        {
            new("conv_stem",
                Compose.ConvNorm("conv_stem", "bn1", options.InputChannels, StemChannels, 3, 2, then: new(Function.Relu6), same: padsEnd)),
        };
        var channels = StemChannels;
        foreach (var (output, repeats, stride) in Stages)
        {
            var stage = new List<Node>();
            for (var i = 0; i < repeats; i++)
            {
                stage.Add(Block($"{i}", channels, output, i == 0 ? stride : 1, padsEnd));
                channels = output;
            }
            var name = $"blocks.{blocks.Count - 1}";
            blocks.Add(new(name, new Scope(name, "Sequential", new Seq(stage))));
        }
        return new(channels, blocks, Compose.MeanAndLinear("classifier", channels, options.Classes)) { MinimumSize = padsEnd ? 31 : 1 };
    }

    private static Scope Block(string name, int input, int output, int stride, bool padsEnd)
    {
        // One row and one column of zeros, whatever the size: not quite "same", which asks for two of each where a side is odd.
        var pads = padsEnd && stride == 2;
        var filter = new Conv("conv_dw", input, input, 3, stride, input) { Padding = pads ? 0 : 1, PaddingEnd = pads ? 1 : 0 };
        return new(name, "DepthwiseSeparableConv", new Seq(
            filter, new BatchNorm("bn1", input), new Activation(Function.Relu6, "act1"),
            Compose.ConvNorm("conv_pw", "bn2", input, output, 1, then: new(Function.Relu6, "act2"))));
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        new("mobilenet_v1", options => Describe(options),
            [new TimmFile("mobilenetv1_100.ra4_e3600_r224_in1k", null, null)
                .Weights("mobilenet_v1", "Apache-2.0", 75.39, ImageNetPixels.Symmetric(224))])
        {
            Aliases = ["MobileNet", "mobilenetv1_100"],
            Classifier = "classifier",
            FirstConvolution = "conv_stem",
            KerasVariant = "keras_mobilenet_v1",
        },
        new("keras_mobilenet_v1", options => Describe(options, padsEnd: true),
            [new KerasFile("mobilenet/mobilenet_1_0_224_tf.h5")
                .Weights("keras_mobilenet_v1", "Apache-2.0", 70.4, ImageNetPixels.Symmetric(224, interpolation: Interpolation.Bilinear))])
        {
            Classifier = "classifier",
            FirstConvolution = "conv_stem",
        },
    ];
}
