using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// The inverted bottleneck of MobileNetV3 and EfficientNet as torchvision names it: expand (1×1), filter each channel by itself (k×k),
/// squeeze and excitation where there is one, project (1×1, no activation); the input is added where the shape allows.
/// </summary>
internal sealed class MobileBlock : Module<Tensor, Tensor>
{
    private readonly LayerSequence block = new("Sequential");
    private readonly bool _residual;

    /// <param name="shape">Channels, kernel and stride.</param>
    /// <param name="normEpsilon">Of the batch normalisations.</param>
    /// <param name="activation">Makes one that works in place.</param>
    /// <param name="excitation">Null where there is none.</param>
    public MobileBlock(Shape shape, double normEpsilon, Func<Module<Tensor, Tensor>> activation, SqueezeExcitation? excitation) : base(nameof(MobileBlock))
    {
        var (input, expanded, output, kernel, stride) = shape;
        if (expanded != input) block.Layer(Conv(Conv2d(input, expanded, 1, bias: false), activation()));
        block.Layer(Conv(Conv2d(expanded, expanded, kernel, stride, kernel / 2, groups: expanded, bias: false), activation()));
        if (excitation is not null) block.Layer(excitation);
        block.Layer(Conv(Conv2d(expanded, output, 1, bias: false), null));
        _residual = stride == 1 && input == output;
        RegisterComponents();

        LayerSequence Conv(Conv2d conv, Module<Tensor, Tensor>? act) =>
            LayerSequence.ConvNormActivation(conv, BatchNorm2d(conv.out_channels, eps: normEpsilon), act);
    }

    /// <summary>(N, input, H, W) to (N, output, ⌈H / stride⌉, ⌈W / stride⌉).</summary>
    public override Tensor forward(Tensor input)
    {
        var x = block.call(input);
        return _residual ? x.add_(input) : x;
    }

    internal readonly record struct Shape(int Input, int Expanded, int Output, int Kernel, int Stride);
}
