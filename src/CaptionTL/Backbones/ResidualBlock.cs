using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// One residual block: 3×3, 3×3 (basic) or 1×1, 3×3, 1×1 with four times the channels (bottleneck, stride on the 3×3),
/// plus the input, projected where its shape differs. Keras's bottlenecks have the stride on the first 1×1.
/// </summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>, IHasFoldables
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d? conv3;
    private readonly BatchNorm2d? bn3;
    private readonly Sequential? downsample;
    private readonly ConvNorm[] _steps;
    private readonly ConvNorm? _shortcut;

    public ResidualBlock(int input, int planes, int stride, bool bottleneck, bool strideFirst) : base(nameof(ResidualBlock))
    {
        OutputChannels = bottleneck ? planes * 4 : planes;
        var (first, second) = bottleneck && !strideFirst ? (1, stride) : (stride, 1);
        conv1 = bottleneck ? Conv2d(input, planes, 1, first, bias: false) : Conv2d(input, planes, 3, first, 1, bias: false);
        bn1 = BatchNorm2d(planes);
        conv2 = Conv2d(planes, planes, 3, second, 1, bias: false);
        bn2 = BatchNorm2d(planes);
        _steps = [new(conv1, bn1), new(conv2, bn2)];
        if (bottleneck)
        {
            conv3 = Conv2d(planes, OutputChannels, 1, bias: false);
            bn3 = BatchNorm2d(OutputChannels);
            _steps = [.. _steps, new(conv3, bn3)];
        }
        if (stride != 1 || input != OutputChannels)
        {
            var (conv, norm) = (Conv2d(input, OutputChannels, 1, stride, bias: false), BatchNorm2d(OutputChannels));
            downsample = Sequential(conv, norm);
            _shortcut = new ConvNorm(conv, norm);
        }
        RegisterComponents();
    }

    public int OutputChannels { get; }

    IEnumerable<Foldable> IHasFoldables.Foldables => _shortcut is null ? _steps : [.. _steps, _shortcut];

    /// <summary>(N, input, H, W) to (N, <see cref="OutputChannels"/>, ⌈H / stride⌉, ⌈W / stride⌉).</summary>
    public override Tensor forward(Tensor input)
    {
        var x = input;
        for (var i = 0; i < _steps.Length; i++)
        {
            var y = _steps[i].Forward(x);
            if (i > 0) x.Dispose();
            x = i < _steps.Length - 1 ? y.relu_() : y;
        }
        using var shortcut = _shortcut?.Forward(input);
        return x.add_(shortcut ?? input).relu_();
    }
}
