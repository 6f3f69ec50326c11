using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// Batch normalisation before a convolution (DenseNet): an activation stands between them, so it cannot become part of the
/// convolution. Folded it is one multiplication and one addition a value: x · γ / √(σ² + ε) + (β − μ · γ / √(σ² + ε)).
/// </summary>
internal sealed class PreNorm(BatchNorm2d norm) : Foldable
{
    /// <summary>(N, C, H, W) to a new tensor of that shape.</summary>
    public Tensor Forward(Tensor x) => Folded is var (weight, bias) ? bias!.addcmul(x, weight, 1) : norm.call(x);

    protected override (Tensor Weight, Tensor? Bias) Merge()
    {
        var scale = norm.weight! / (norm.running_var! + norm.eps).sqrt();
        return (scale.view(1, -1, 1, 1), (norm.bias! - norm.running_mean! * scale).view(1, -1, 1, 1));
    }
}
