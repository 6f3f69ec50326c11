using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;

namespace CaptionTL.Backbones;

/// <summary>
/// Inception v3 (Szegedy et al., 2015); names as in torchvision. The auxiliary classifier takes part in training only: it is there so that
/// published files fit, and inference passes it by. A block begins with the pooling before it. Keras's leaves the padding out of averages.
/// </summary>
internal static class InceptionV3
{
    private const string AuxiliaryPrefix = "AuxLogits.";

    private static Network Describe(BackboneOptions options, bool countsPadding = true)
    {
        var average = new AvgPool(3, 1) { Padding = 1, CountsPadding = countsPadding };
        IReadOnlyList<NetworkBlock> blocks =
        [
            Block(Conv("Conv2d_1a_3x3", options.InputChannels, 32, 3, 2)),
            Block(Conv("Conv2d_2a_3x3", 32, 32, 3)),
            Block(Conv("Conv2d_2b_3x3", 32, 64, 3, padding: 1)),
            Block(Conv("Conv2d_3b_1x1", 64, 80, 1), new MaxPool(3, 2, "maxpool1")),
            Block(Conv("Conv2d_4a_3x3", 80, 192, 3)),
            Block(A("Mixed_5b", 192, 32, average), new MaxPool(3, 2, "maxpool2")),
            Block(A("Mixed_5c", 256, 64, average)),
            Block(A("Mixed_5d", 288, 64, average)),
            Block(B("Mixed_6a", 288)),
            Block(C("Mixed_6b", 768, 128, average)),
            Block(C("Mixed_6c", 768, 160, average)),
            Block(C("Mixed_6d", 768, 160, average)),
            Block(C("Mixed_6e", 768, 192, average)),
            Block(D("Mixed_7a", 768)),
            Block(E("Mixed_7b", 1280, average)),
            Block(E("Mixed_7c", 2048, average)),
        ];
        var top = Compose.MeanAndLinear("fc", 2048, options.Classes);
        return new(2048, blocks, options.AuxiliaryHead ? new Seq(new TrainingOnly(Auxiliary(768, options.Classes)), top) : top)
            { MinimumSize = 75 };
    }

    private static NetworkBlock Block(Scope layer, MaxPool? pool = null) => new(layer.Name, pool is null ? layer : new Seq(pool, layer));

    /// <summary>A convolution without bias, batch normalisation (ε 0.001) and ReLU under torchvision's names conv and bn.</summary>
    private static Scope Conv(string name, int input, int output, Extent kernel, int stride = 1, Extent padding = default) =>
        new(name, "BasicConv2d",
            Compose.ConvNorm("conv", "bn", input, output, kernel, stride, padding, epsilon: 0.001, then: new(Function.Relu, "relu")));

    private static Scope Wide(string name, int input, int output, int kernel) =>
        Conv(name, input, output, (1, kernel), 1, (0, kernel / 2));

    private static Scope High(string name, int input, int output, int kernel) =>
        Conv(name, input, output, (kernel, 1), 1, (kernel / 2, 0));

    // Branches side by side whose outputs are joined along the channels: figures 5 to 7 and 10 of the paper. Cells are those of 299×299
    // pixels.

    /// <summary>35×35 cells: 1×1, 5×5, two 3×3 and pooled.</summary>
    private static Scope A(string name, int input, int pooled, AvgPool average) => new(name, "InceptionA", new Branches(
        Conv("branch1x1", input, 64, 1),
        new Seq(Conv("branch5x5_1", input, 48, 1), Conv("branch5x5_2", 48, 64, 5, padding: 2)),
        new Seq(Conv("branch3x3dbl_1", input, 64, 1), Conv("branch3x3dbl_2", 64, 96, 3, padding: 1),
            Conv("branch3x3dbl_3", 96, 96, 3, padding: 1)),
        new Seq(average, Conv("branch_pool", input, pooled, 1))));

    /// <summary>To 17×17 cells: 3×3, two 3×3 and pooled, each with stride 2.</summary>
    private static Scope B(string name, int input) => new(name, "InceptionB", new Branches(
        Conv("branch3x3", input, 384, 3, 2),
        new Seq(Conv("branch3x3dbl_1", input, 64, 1), Conv("branch3x3dbl_2", 64, 96, 3, padding: 1), Conv("branch3x3dbl_3", 96, 96, 3, 2)),
        new MaxPool(3, 2)));

    /// <summary>17×17 cells: 1×1, 7×7 and two 7×7 as 1×7 and 7×1, and pooled.</summary>
    private static Scope C(string name, int input, int inner, AvgPool average) => new(name, "InceptionC", new Branches(
        Conv("branch1x1", input, 192, 1),
        new Seq(Conv("branch7x7_1", input, inner, 1), Wide("branch7x7_2", inner, inner, 7), High("branch7x7_3", inner, 192, 7)),
        new Seq(
            Conv("branch7x7dbl_1", input, inner, 1), High("branch7x7dbl_2", inner, inner, 7), Wide("branch7x7dbl_3", inner, inner, 7),
            High("branch7x7dbl_4", inner, inner, 7), Wide("branch7x7dbl_5", inner, 192, 7)),
        new Seq(average, Conv("branch_pool", input, 192, 1))));

    /// <summary>To 8×8 cells: 3×3, 7×7 with 3×3 and pooled, each with stride 2.</summary>
    private static Scope D(string name, int input) => new(name, "InceptionD", new Branches(
        new Seq(Conv("branch3x3_1", input, 192, 1), Conv("branch3x3_2", 192, 320, 3, 2)),
        new Seq(Conv("branch7x7x3_1", input, 192, 1), Wide("branch7x7x3_2", 192, 192, 7),
            High("branch7x7x3_3", 192, 192, 7), Conv("branch7x7x3_4", 192, 192, 3, 2)),
        new MaxPool(3, 2)));

    /// <summary>8×8 cells: 1×1, two branches that fork into 1×3 and 3×1, and pooled.</summary>
    private static Scope E(string name, int input, AvgPool average) => new(name, "InceptionE", new Branches(
        Conv("branch1x1", input, 320, 1),
        new Seq(Conv("branch3x3_1", input, 384, 1), new Branches(Wide("branch3x3_2a", 384, 384, 3), High("branch3x3_2b", 384, 384, 3))),
        new Seq(
            Conv("branch3x3dbl_1", input, 448, 1), Conv("branch3x3dbl_2", 448, 384, 3, padding: 1),
            new Branches(Wide("branch3x3dbl_3a", 384, 384, 3), High("branch3x3dbl_3b", 384, 384, 3))),
        new Seq(average, Conv("branch_pool", input, 192, 1))));

    /// <summary>17×17 cells to class scores: the second classifier of training.</summary>
    private static Scope Auxiliary(int input, int classes) => new("AuxLogits", "InceptionAux", new Seq(
        new AvgPool(5, 3), Conv("conv0", input, 128, 1), Conv("conv1", 128, 768, 5),
        new AdaptiveAvgPool(1), new Flatten(), new Linear("fc", 768, classes)));

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        // torchvision normalises with ImageNet's mean and deviation and then undoes it in the network: in sum, values from −1 to 1.
        new("inception_v3", options => Describe(options),
        [
            new TimmFile("inception_v3.tv_in1k", null, null).Weights("inception_v3", "Apache-2.0", 77.47, ImageNetPixels.Symmetric(299)),
            new TorchvisionFile("inception_v3_google-0cc3c7bd.pth")
                .Weights("inception_v3", 77.29, ImageNetPixels.Symmetric(299, 0.8742f, Interpolation.Bilinear)),
            new TimmFile("inception_v3.tf_in1k", null, null).Weights("inception_v3", "Apache-2.0", 77.87, ImageNetPixels.Symmetric(299)),
        ])
        {
            Aliases = ["InceptionV3"],
            FirstConvolution = "Conv2d_1a_3x3.conv",
            AuxiliaryPrefix = AuxiliaryPrefix,
            KerasVariant = "keras_inception_v3",
        },
        new("keras_inception_v3", options => Describe(options with { AuxiliaryHead = false }, countsPadding: false),
            [new KerasFile("inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5")
                .Weights("keras_inception_v3", "Apache-2.0", 77.9, ImageNetPixels.Symmetric(299, interpolation: Interpolation.Bilinear))])
        {
            FirstConvolution = "Conv2d_1a_3x3.conv",
        },
    ];
}
