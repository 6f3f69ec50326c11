using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>x · tanh(softplus(x)) (Misra 2019), elementwise.</summary>
public sealed class Mish : ParameterLessModule<Tensor, Tensor>
{
    internal Mish(bool inplace) : base(nameof(Mish))
    {
        this.inplace = inplace;
    }

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.mish(tensor, inplace);
}
