using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>While training, zeroes whole channels of (N, C, H, W) with probability p and scales the rest by 1 / (1 − p) (Srivastava et al. 2014).</summary>
public sealed class Dropout2d : ParameterLessModule<Tensor, Tensor>
{
    internal Dropout2d(double p, bool inplace) : base(nameof(Dropout2d))
    {
        this.p = p;
        this.inplace = inplace;
    }

    public double p { get; set; }

    public bool inplace { get; set; }

    public override Tensor forward(Tensor input) => nn.functional.dropout2d(input, p, training, inplace);
}
