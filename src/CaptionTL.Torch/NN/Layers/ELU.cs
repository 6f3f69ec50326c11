using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>x where x is positive, alpha · (eˣ − 1) elsewhere (Clevert et al. 2015), elementwise.</summary>
public sealed class ELU : ParameterLessModule<Tensor, Tensor>
{
    internal ELU(double alpha, bool inplace) : base(nameof(ELU))
    {
        this.alpha = alpha;
        this.inplace = inplace;
    }

    public double alpha { get; set; }

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.elu(tensor, alpha, inplace);
}
