using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>While training, zeroes whole channels of (N, C, L) with probability p and scales the rest by 1 / (1 − p) (Srivastava et al. 2014).</summary>
public sealed class Dropout1d : ParameterLessModule<Tensor, Tensor>
{
    internal Dropout1d(double p, bool inplace) : base(nameof(Dropout1d))
    {
        this.p = p;
        this.inplace = inplace;
    }

    public double p { get; set; }

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.dropout1d(tensor, p, training, inplace);
}
