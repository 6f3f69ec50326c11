using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// Squeeze and excitation (Hu et al., 2017): every channel is scaled by a gate that a small network computes from all channels' means.
/// </summary>
internal sealed class SqueezeExcitation : Module<Tensor, Tensor>, IHasFoldables
{
    private readonly Conv2d fc1;
    private readonly Conv2d fc2;
    private readonly ConvNorm _squeeze;
    private readonly ConvNorm _excite;
    private readonly Func<Tensor, Tensor> _activation;
    private readonly Func<Tensor, Tensor> _gate;

    /// <param name="channels">Scaled.</param>
    /// <param name="squeezed">In between.</param>
    /// <param name="activation">In place, between the two layers.</param>
    /// <param name="gate">In place, to factors from 0 to 1.</param>
    public SqueezeExcitation(int channels, int squeezed, Func<Tensor, Tensor> activation, Func<Tensor, Tensor> gate) : base(nameof(SqueezeExcitation))
    {
        fc1 = Conv2d(channels, squeezed, 1);
        fc2 = Conv2d(squeezed, channels, 1);
        (_squeeze, _excite, _activation, _gate) = (new ConvNorm(fc1), new ConvNorm(fc2), activation, gate);
        RegisterComponents();
    }

    IEnumerable<Foldable> IHasFoldables.Foldables => [_squeeze, _excite];

    /// <summary>(N, channels, H, W) to a new tensor of that shape.</summary>
    public override Tensor forward(Tensor input)
    {
        using var means = input.mean([2, 3], keepdim: true);
        using var few = _activation(_squeeze.Forward(means));
        using var gates = _gate(_excite.Forward(few));
        return input.mul(gates);
    }
}
