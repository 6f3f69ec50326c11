using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>x · relu6(x + 3) / 6 (Howard et al. 2019), elementwise.</summary>
public sealed class Hardswish : ParameterLessModule<Tensor, Tensor>
{
    internal Hardswish(bool inplace) : base(nameof(Hardswish))
    {
        this.inplace = inplace;
    }

    public bool inplace { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.hardswish(tensor, inplace);
}
