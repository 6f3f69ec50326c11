using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Models.Export;

/// <summary>ONNX files run in process by ONNX Runtime, which checks them against the specification when it loads them.</summary>
internal static class OnnxRunner
{
    /// <param name="model">Path.</param>
    /// <param name="inputs">By name: fp32 or int64.</param>
    /// <returns>The graph's outputs by name, fp32.</returns>
    public static IReadOnlyDictionary<string, Tensor> Run(string model, params (string Name, Tensor Value)[] inputs) =>
        Run(File.ReadAllBytes(model), inputs);

    /// <inheritdoc cref="Run(string, (string, Tensor)[])"/>
    public static IReadOnlyDictionary<string, Tensor> Run(byte[] model, params (string Name, Tensor Value)[] inputs)
    {
        using var session = new InferenceSession(model);
        using var options = new RunOptions();
        using var results = session.Run(options, inputs.ToDictionary(i => i.Name, i => Value(i.Value)), session.OutputNames);
        return session.OutputNames.Zip(results, (name, value) => (name, value)).ToDictionary(
            r => r.name, r => tensor(r.value.GetTensorDataAsSpan<float>().ToArray(), r.value.GetTensorTypeAndShape().Shape),
            StringComparer.Ordinal);
    }

    private static OrtValue Value(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var bytes = tensor.contiguous().bytes.ToArray();
        return tensor.is_floating_point()
            ? OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), tensor.shape)
            : OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), tensor.shape);
    }
}
