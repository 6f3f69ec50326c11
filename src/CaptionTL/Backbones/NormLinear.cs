using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A linear layer, with the layer normalisation before it and the scale of its outputs behind it where there are such.
/// Folded: with x̂ the normalised input, s · (W (γ x̂ + β) + b) = (s W γ) x̂ + s · (W β + b).
/// </summary>
/// <param name="linear">(…, in) to (…, out).</param>
/// <param name="norm">Over the last dimension.</param>
/// <param name="scale">As many values as the linear layer has outputs.</param>
internal sealed class NormLinear(Linear linear, LayerNorm? norm = null, Tensor? scale = null) : Foldable
{
    /// <summary>(…, in) to a new tensor (…, out).</summary>
    public Tensor Forward(Tensor x)
    {
        if (Folded is var (weight, bias))
        {
            using var standardised = norm is null ? null : nn.functional.layer_norm(x, norm.normalized_shape, null, null, norm.eps);
            return nn.functional.linear(standardised ?? x, weight, bias);
        }
        using var normed = norm?.call(x);
        if (scale is null) return linear.call(normed ?? x);
        using var y = linear.call(normed ?? x);
        using var factors = scale.flatten();
        return y.mul(factors);
    }

    protected override (Tensor Weight, Tensor? Bias) Merge()
    {
        var (weight, bias) = (linear.weight!.alias(), linear.bias?.alias());
        if (norm is not null)
        {
            if (norm.bias is { } shift) bias = weight.matmul(shift) + (bias ?? zeros(1));
            weight = weight * norm.weight!;
        }
        return scale is null ? (weight, bias) : (weight * scale.view(-1, 1), bias is null ? null : bias * scale.flatten());
    }
}
