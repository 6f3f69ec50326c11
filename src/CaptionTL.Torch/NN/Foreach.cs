using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Operators over lists of tensors in one call.</summary>
internal static class Foreach
{
    private static readonly Op NormOp = new("_foreach_norm", "Scalar");
    private static readonly Op MultiplyOp = new("_foreach_mul_", "Scalar");

    public static Tensor[] Norms(Tensor[] tensors, double order) => NormOp.CallList(tensors, order);

    /// <summary>In place.</summary>
    public static void Multiply(Tensor[] tensors, double factor) => MultiplyOp.Run(tensors, factor);
}
