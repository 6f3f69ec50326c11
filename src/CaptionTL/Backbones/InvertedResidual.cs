using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// The mobile inverted bottleneck of MobileNetV2 (Sandler et al., 2018) with ReLU6: expand (1×1), filter each channel by itself
/// (k×k), project (1×1, no activation), add the input where the shape allows. Without expansion the first step is left out
/// and the names move up by one, as in timm.
/// </summary>
internal sealed class InvertedResidual : Module<Tensor, Tensor>, IHasFoldables
{
    /// <summary>TensorFlow's batch-norm epsilon, which these weights were trained with.</summary>
    public const double NormEpsilon = 1e-3;

    private readonly Conv2d conv_pw;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv_dw;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d? conv_pwl;
    private readonly BatchNorm2d? bn3;
    private readonly ConvNorm[] _steps;
    private readonly bool _residual;

    public InvertedResidual(int input, int output, int expansion, int kernel, int stride) : base(nameof(InvertedResidual))
    {
        var wide = input * expansion;
        // A stride of two pads at the bottom and right only; otherwise the padding is the same on all sides.
        var same = stride > 1;
        conv_dw = Conv2d(wide, wide, kernel, stride, same ? 0 : kernel / 2, groups: wide, bias: false);
        if (expansion == 1)
        {
            bn1 = BatchNorm2d(wide, eps: NormEpsilon);
            conv_pw = Conv2d(wide, output, 1, bias: false);
            bn2 = BatchNorm2d(output, eps: NormEpsilon);
            _steps = [new(conv_dw, bn1, same), new(conv_pw, bn2)];
        }
        else
        {
            conv_pw = Conv2d(input, wide, 1, bias: false);
            bn1 = BatchNorm2d(wide, eps: NormEpsilon);
            bn2 = BatchNorm2d(wide, eps: NormEpsilon);
            conv_pwl = Conv2d(wide, output, 1, bias: false);
            bn3 = BatchNorm2d(output, eps: NormEpsilon);
            _steps = [new(conv_pw, bn1), new(conv_dw, bn2, same), new(conv_pwl, bn3)];
        }
        _residual = stride == 1 && input == output;
        RegisterComponents();
    }

    IEnumerable<Foldable> IHasFoldables.Foldables => _steps;

    /// <summary>(N, input, H, W) to (N, output, ⌈H / stride⌉, ⌈W / stride⌉).</summary>
    public override Tensor forward(Tensor input)
    {
        var x = input;
        for (var i = 0; i < _steps.Length; i++)
        {
            var y = _steps[i].Forward(x);
            if (i > 0) x.Dispose();
            x = i < _steps.Length - 1 ? y.hardtanh_(0, 6) : y;
        }
        return _residual ? x.add_(input) : x;
    }
}
