using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The in-place arithmetic of the optimizers, without a tensor object for the result.</summary>
internal static class Update
{
    private static readonly Op AddOp = new("add_", "Tensor");
    private static readonly Op AddNumberOp = new("add_", "Scalar");
    private static readonly Op MultiplyOp = new("mul_", "Scalar");
    private static readonly Op DivideOp = new("div_", "Scalar");
    private static readonly Op LerpOp = new("lerp_", "Scalar");
    private static readonly Op AddProductOp = new("addcmul_");
    private static readonly Op AddQuotientOp = new("addcdiv_");

    /// <summary>t += factor · other</summary>
    public static void Add(Tensor t, Tensor other, double factor = 1) => AddOp.Run(t, other, factor);

    /// <summary>t += number</summary>
    public static void Add(Tensor t, double number) => AddNumberOp.Run(t, number);

    /// <summary>t *= factor</summary>
    public static void Multiply(Tensor t, double factor) => MultiplyOp.Run(t, factor);

    /// <summary>t /= divisor</summary>
    public static void Divide(Tensor t, double divisor) => DivideOp.Run(t, divisor);

    /// <summary>t += share · (target − t)</summary>
    public static void Approach(Tensor t, Tensor target, double share) => LerpOp.Run(t, target, share);

    /// <summary>t += factor · a · b</summary>
    public static void AddProduct(Tensor t, Tensor a, Tensor b, double factor) => AddProductOp.Run(t, a, b, factor);

    /// <summary>t += factor · a / b</summary>
    public static void AddQuotient(Tensor t, Tensor a, Tensor b, double factor = 1) => AddQuotientOp.Run(t, a, b, factor);
}
