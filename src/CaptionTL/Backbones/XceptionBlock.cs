using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>Separable convolutions and a pooling where the grid becomes smaller, plus the input, projected where its shape differs.</summary>
internal sealed class XceptionBlock : Module<Tensor, Tensor>, IHasFoldables
{
    private readonly LayerSequence rep = new("Sequential");
    private readonly Conv2d? skip;
    private readonly BatchNorm2d? skipbn;
    private readonly ConvNorm? _shortcut;

    /// <param name="input">Channels.</param>
    /// <param name="output">Channels.</param>
    /// <param name="repeats">Separable convolutions.</param>
    /// <param name="stride">2 for a pooling at the end.</param>
    /// <param name="activateFirst">Whether a ReLU stands before the first convolution as before the others.</param>
    /// <param name="growLast">Whether the last convolution changes the number of channels, not the first.</param>
    /// <param name="samePooling">Whether the pooling is padded as <see cref="SamePadding"/> says, not alike on all sides.</param>
    public XceptionBlock(int input, int output, int repeats, int stride, bool activateFirst, bool growLast, bool samePooling) : base("Block")
    {
        for (var i = 0; i < repeats; i++)
        {
            var from = i == 0 || growLast ? input : output;
            var to = growLast && i < repeats - 1 ? input : output;
            // The first must leave the input as it is for the shortcut.
            if (i > 0 || activateFirst) rep.Layer(ReLU(inplace: i > 0));
            var (conv, norm) = (new SeparableConv(from, to), BatchNorm2d(to));
            var pair = new SeparableConvNorm(conv, norm);
            rep.Step(pair.Forward, pair.Foldables, ($"{rep.LayerCount}", conv), ($"{rep.LayerCount + 1}", norm));
        }
        if (stride != 1 && samePooling) rep.Step(x => SamePadding.Pad(x, (3, 3), (stride, stride), double.NegativeInfinity) ?? x.alias(), []);
        if (stride != 1) rep.Layer(MaxPool2d(3, stride, samePooling ? 0 : 1));
        if (stride != 1 || input != output)
        {
            skip = Conv2d(input, output, 1, stride, bias: false);
            skipbn = BatchNorm2d(output);
            _shortcut = new ConvNorm(skip, skipbn);
        }
        RegisterComponents();
    }

    IEnumerable<Foldable> IHasFoldables.Foldables => _shortcut is null ? [] : [_shortcut];

    /// <summary>(N, input, H, W) to (N, output, ⌈H / stride⌉, ⌈W / stride⌉).</summary>
    public override Tensor forward(Tensor input)
    {
        var x = rep.call(input);
        using var shortcut = _shortcut?.Forward(input);
        return x.add_(shortcut ?? input);
    }
}

/// <summary>A 3×3 convolution of each channel by itself and a 1×1 convolution across them.</summary>
internal sealed class SeparableConv : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly Conv2d pointwise;

    public SeparableConv(int input, int output) : base("SeparableConv2d")
    {
        conv1 = Conv2d(input, input, 3, padding: 1, groups: input, bias: false);
        pointwise = Conv2d(input, output, 1, bias: false);
        RegisterComponents();
    }

    public Conv2d Depthwise => conv1;

    public Conv2d Pointwise => pointwise;

    public override Tensor forward(Tensor input)
    {
        using var x = conv1.call(input);
        return pointwise.call(x);
    }
}

/// <summary>A separable convolution and the batch normalisation behind it, which folds into its 1×1 convolution.</summary>
internal sealed class SeparableConvNorm(SeparableConv conv, BatchNorm2d norm)
{
    private readonly ConvNorm _depthwise = new(conv.Depthwise);
    private readonly ConvNorm _pointwise = new(conv.Pointwise, norm);

    public IEnumerable<Foldable> Foldables => [_depthwise, _pointwise];

    public Tensor Forward(Tensor x)
    {
        using var y = _depthwise.IsFolded ? _depthwise.Forward(x) : conv.call(x);
        return _depthwise.IsFolded ? _pointwise.Forward(y) : norm.call(y);
    }
}
