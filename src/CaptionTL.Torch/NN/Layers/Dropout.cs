using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>While training, zeroes single elements with probability p and scales the rest by 1 / (1 − p) (Srivastava et al. 2014).</summary>
public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
{
    internal Dropout(double p, bool inplace) : base(nameof(Dropout))
    {
        this.p = p;
        this.inplace = inplace;
    }

    public double p { get; set; }

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
}
