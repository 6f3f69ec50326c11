using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The values that PyTorch's layers start with.</summary>
internal static class DefaultInitialization
{
    /// <summary>Whether this thread's new linear and convolution layers keep whatever lies in memory, since their values are about to be read from a file.</summary>
    [ThreadStatic]
    internal static bool Skipped;

    /// <summary>Linear and convolution layers: Kaiming uniform with a = √5, and the bias uniform in ±1/√fan_in.</summary>
    public static void WeightAndBias(Tensor weight, Tensor? bias)
    {
        if (Skipped) return;
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is null) return;
        var (fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
        if (fanIn > 0) nn.init.uniform_(bias, -1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn));
    }

    /// <summary>Recurrent layers: everything uniform in ±1/√hidden_size.</summary>
    public static void Recurrent(IEnumerable<Parameter> parameters, long hiddenSize)
    {
        var bound = hiddenSize > 0 ? 1 / Math.Sqrt(hiddenSize) : 0;
        foreach (var parameter in parameters) nn.init.uniform_(parameter, -bound, bound);
    }
}
