using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>TorchSharp does not let anyone see the operators that it calls, so nothing can be written down with this engine.</summary>
internal static class OperatorTrace
{
    public static bool IsPossible => false;

    /// <exception cref="CaptionTLException">Always.</exception>
    public static TracedGraph Run(IReadOnlyList<Tensor> inputs, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> run) =>
        throw new CaptionTLException("Models are written as ONNX files only where CaptionTL stands on its own engine (Linux, built with CaptionEngine=system). Bundles are the same everywhere: take this one to such a machine and export it there.");
}
