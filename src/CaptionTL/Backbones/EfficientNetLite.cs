using CaptionTL.Backbones.Nodes;

namespace CaptionTL.Backbones;

/// <summary>
/// EfficientNet-Lite: EfficientNet (Tan and Le, 2019) without squeeze-and-excitation, with ReLU6, its stem and head not scaled.
/// Names and padding as in timm's tf_efficientnet_lite models, whose weights come from TensorFlow.
/// </summary>
internal static class EfficientNetLite
{
    /// <summary>TensorFlow's batch-norm epsilon, which these weights were trained with.</summary>
    private const double NormEpsilon = 1e-3;
    private const int StemChannels = 32;
    private const int HeadChannels = 1280;

    private static Network Describe(double width, double depth, BackboneOptions options)
    {
        var relu6 = new Activation(Function.Relu6);
        var blocks = new List<NetworkBlock>
        {
            new("conv_stem", Compose.ConvNorm(
                "conv_stem", "bn1", options.InputChannels, StemChannels, 3, 2, epsilon: NormEpsilon, then: relu6, same: true)),
        };
        var channels = StemChannels;
        for (var s = 0; s < EfficientNet.Stages.Length; s++)
        {
            var (expansion, kernel, stride, stageChannels, repeats) = EfficientNet.Stages[s];
            var wide = Compose.RoundChannels(stageChannels * width);
            // The first and the last stage keep their single block at every depth.
            var deep = s == 0 || s == EfficientNet.Stages.Length - 1 ? repeats : (int)Math.Ceiling(repeats * depth);
            var stage = new List<Node>();
            for (var i = 0; i < deep; i++)
            {
                stage.Add(Block($"{i}", channels, wide, expansion, kernel, i == 0 ? stride : 1));
                channels = wide;
            }
            blocks.Add(new($"blocks.{s}", new Scope($"blocks.{s}", "Sequential", new Seq(stage))));
        }
        blocks.Add(new("conv_head", Compose.ConvNorm("conv_head", "bn2", channels, HeadChannels, 1, epsilon: NormEpsilon, then: relu6)));
        return new(HeadChannels, blocks, Compose.MeanAndLinear("classifier", HeadChannels, options.Classes));
    }

    /// <summary>
    /// The inverted bottleneck of MobileNetV2 (Sandler et al., 2018): expand (1×1), depthwise convolution (k×k), project (1×1, no
    /// activation), add the input where the shape allows. Without expansion the first step is left out and the names move up by one.
    /// </summary>
    private static Scope Block(string name, int input, int output, int expansion, int kernel, int stride)
    {
        var (wide, relu6) = (input * expansion, new Activation(Function.Relu6));
        var same = stride > 1; // a stride of two pads below and to the right only; otherwise the padding is the same on all sides
        var body = expansion == 1
            ? new Seq(
                Compose.ConvNorm("conv_dw", "bn1", wide, wide, kernel, stride, groups: wide, epsilon: NormEpsilon, then: relu6,
                    same: same),
                Compose.ConvNorm("conv_pw", "bn2", wide, output, 1, epsilon: NormEpsilon))
            : new Seq(
                Compose.ConvNorm("conv_pw", "bn1", input, wide, 1, epsilon: NormEpsilon, then: relu6),
                Compose.ConvNorm("conv_dw", "bn2", wide, wide, kernel, stride, groups: wide, epsilon: NormEpsilon, then: relu6,
                    same: same),
                Compose.ConvNorm("conv_pwl", "bn3", wide, output, 1, epsilon: NormEpsilon));
        return new(name, expansion == 1 ? "DepthwiseSeparableConv" : "InvertedResidual",
            stride == 1 && input == output ? new Residual(body) : body);
    }

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("tf_efficientnet_lite0", 1.0, 1.0, 224, 0.875f, 74.83,
            new("tf_efficientnet_lite0.in1k", 18_802_904, "7b91a2b0b37ebfed237a0f60d6f4a7a8efb0873a99e364b78e977554d09273a6")),
        Entry("tf_efficientnet_lite1", 1.0, 1.1, 240, 0.882f, 76.64, new("tf_efficientnet_lite1.in1k", null, null)),
        Entry("tf_efficientnet_lite2", 1.1, 1.2, 260, 0.890f, 77.46, new("tf_efficientnet_lite2.in1k", null, null)),
    ];

    private static BackboneEntry Entry(string name, double width, double depth, int size, float crop, double top1, TimmFile file) =>
        new(name, options => Describe(width, depth, options),
        [
            file.Weights(name, "Apache-2.0", top1, ImageNetPixels.Symmetric(size, crop)),
        ])
        {
            Classifier = "classifier",
            FirstConvolution = "conv_stem",
        };
}
