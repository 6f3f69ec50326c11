using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>One of Inception v3's blocks: branches side by side whose outputs are joined along the channels (Szegedy et al., 2015, figures 5 to 7 and 10).</summary>
internal sealed class InceptionBlock : Module<Tensor, Tensor>
{
    private readonly List<Func<Tensor, Tensor>> _branches = [];
    private readonly bool _countsPadding;

    /// <param name="kind">For people.</param>
    /// <param name="countsPadding">Whether the zeros around a grid take part in average pooling.</param>
    private InceptionBlock(string kind, bool countsPadding = true) : base(kind) => _countsPadding = countsPadding;

    /// <summary>A convolution without bias, batch normalisation (ε 0.001) and ReLU under torchvision's names conv and bn.</summary>
    public static LayerSequence Convolution(long input, long output, long kernel, long stride = 1, long padding = 0) =>
        Convolution(input, output, (kernel, kernel), stride, (padding, padding));

    /// <summary>35×35 cells (of a 299×299 picture): 1×1, 5×5, two 3×3 and pooled.</summary>
    public static InceptionBlock A(int input, int pooled, bool countsPadding)
    {
        var block = new InceptionBlock("InceptionA", countsPadding);
        block.Branch(block.Add("branch1x1", Convolution(input, 64, 1)));
        block.Branch(block.Add("branch5x5_1", Convolution(input, 48, 1)), block.Add("branch5x5_2", Convolution(48, 64, 5, padding: 2)));
        block.Branch(block.Add("branch3x3dbl_1", Convolution(input, 64, 1)), block.Add("branch3x3dbl_2", Convolution(64, 96, 3, padding: 1)), block.Add("branch3x3dbl_3", Convolution(96, 96, 3, padding: 1)));
        block.Branch(block.Average, block.Add("branch_pool", Convolution(input, pooled, 1)));
        return block;
    }

    /// <summary>To 17×17 cells: 3×3, two 3×3 and pooled, each with stride 2.</summary>
    public static InceptionBlock B(int input)
    {
        var block = new InceptionBlock("InceptionB");
        block.Branch(block.Add("branch3x3", Convolution(input, 384, 3, stride: 2)));
        block.Branch(block.Add("branch3x3dbl_1", Convolution(input, 64, 1)), block.Add("branch3x3dbl_2", Convolution(64, 96, 3, padding: 1)), block.Add("branch3x3dbl_3", Convolution(96, 96, 3, stride: 2)));
        block.Branch(Maximum);
        return block;
    }

    /// <summary>17×17 cells: 1×1, 7×7 and two 7×7 as 1×7 and 7×1, and pooled.</summary>
    public static InceptionBlock C(int input, int inner, bool countsPadding)
    {
        var block = new InceptionBlock("InceptionC", countsPadding);
        block.Branch(block.Add("branch1x1", Convolution(input, 192, 1)));
        block.Branch(block.Add("branch7x7_1", Convolution(input, inner, 1)), block.Add("branch7x7_2", Wide(inner, inner, 7)), block.Add("branch7x7_3", High(inner, 192, 7)));
        block.Branch(
            block.Add("branch7x7dbl_1", Convolution(input, inner, 1)), block.Add("branch7x7dbl_2", High(inner, inner, 7)), block.Add("branch7x7dbl_3", Wide(inner, inner, 7)),
            block.Add("branch7x7dbl_4", High(inner, inner, 7)), block.Add("branch7x7dbl_5", Wide(inner, 192, 7)));
        block.Branch(block.Average, block.Add("branch_pool", Convolution(input, 192, 1)));
        return block;
    }

    /// <summary>To 8×8 cells: 3×3, 7×7 with 3×3 and pooled, each with stride 2.</summary>
    public static InceptionBlock D(int input)
    {
        var block = new InceptionBlock("InceptionD");
        block.Branch(block.Add("branch3x3_1", Convolution(input, 192, 1)), block.Add("branch3x3_2", Convolution(192, 320, 3, stride: 2)));
        block.Branch(
            block.Add("branch7x7x3_1", Convolution(input, 192, 1)), block.Add("branch7x7x3_2", Wide(192, 192, 7)), block.Add("branch7x7x3_3", High(192, 192, 7)),
            block.Add("branch7x7x3_4", Convolution(192, 192, 3, stride: 2)));
        block.Branch(Maximum);
        return block;
    }

    /// <summary>8×8 cells: 1×1, two branches that fork into 1×3 and 3×1, and pooled.</summary>
    public static InceptionBlock E(int input, bool countsPadding)
    {
        var block = new InceptionBlock("InceptionE", countsPadding);
        block.Branch(block.Add("branch1x1", Convolution(input, 320, 1)));
        block.Branch(block.Add("branch3x3_1", Convolution(input, 384, 1)), Fork(block.Add("branch3x3_2a", Wide(384, 384, 3)), block.Add("branch3x3_2b", High(384, 384, 3))));
        block.Branch(
            block.Add("branch3x3dbl_1", Convolution(input, 448, 1)), block.Add("branch3x3dbl_2", Convolution(448, 384, 3, padding: 1)),
            Fork(block.Add("branch3x3dbl_3a", Wide(384, 384, 3)), block.Add("branch3x3dbl_3b", High(384, 384, 3))));
        block.Branch(block.Average, block.Add("branch_pool", Convolution(input, 192, 1)));
        return block;
    }

    /// <summary>(N, input, 17, 17) to class scores (N, classes): the second classifier of training.</summary>
    public static LayerSequence AuxiliaryHead(int input, int classes)
    {
        var fc = Linear(768, classes);
        return new LayerSequence("InceptionAux").Step(x => nn.functional.avg_pool2d(x, 5, stride: 3), [])
            .Layer(Convolution(input, 128, 1), "conv0").Layer(Convolution(128, 768, 5), "conv1")
            .Step(x => x.mean([2, 3]), []).Layer(fc, "fc");
    }

    public override Tensor forward(Tensor input)
    {
        var outputs = _branches.Select(branch => branch(input)).ToArray();
        try
        {
            return cat(outputs, 1);
        }
        finally
        {
            foreach (var output in outputs) output.Dispose();
        }
    }

    private static LayerSequence Convolution(long input, long output, (long, long) kernel, long stride, (long, long) padding) =>
        new LayerSequence("BasicConv2d").Convolution(Conv2d(input, output, kernel, (stride, stride), padding, bias: false), BatchNorm2d(output, eps: 0.001), ReLU(inplace: true), "conv", "bn", "relu");

    private static LayerSequence Wide(int input, int output, int kernel) => Convolution(input, output, (1, kernel), 1, (0, kernel / 2));

    private static LayerSequence High(int input, int output, int kernel) => Convolution(input, output, (kernel, 1), 1, (kernel / 2, 0));

    private Tensor Average(Tensor x) => nn.functional.avg_pool2d(x, 3, stride: 1, padding: 1, count_include_pad: _countsPadding);

    private static Tensor Maximum(Tensor x) => nn.functional.max_pool2d(x, 3, stride: 2);

    private static Func<Tensor, Tensor> Fork(Func<Tensor, Tensor> left, Func<Tensor, Tensor> right) => x =>
    {
        using var a = left(x);
        using var b = right(x);
        return cat([a, b], 1);
    };

    private Func<Tensor, Tensor> Add(string name, LayerSequence layer)
    {
        register_module(name, layer);
        return layer.call;
    }

    private void Branch(params Func<Tensor, Tensor>[] steps)
    {
        var sequence = new LayerSequence("Branch");
        foreach (var step in steps) sequence.Step(step, []);
        _branches.Add(sequence.forward);
    }
}
