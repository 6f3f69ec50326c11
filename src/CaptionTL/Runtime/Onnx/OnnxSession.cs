using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace CaptionTL.Runtime.Onnx;

/// <summary>
/// A graph ready to run on the processor, in fp32: the same numbers on every machine. Any number of threads may run it at once.
/// </summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    public OnnxSession(OnnxGraph graph) : this(graph.ToBytes())
    {
    }

    /// <param name="model">Of an ONNX file.</param>
    public OnnxSession(byte[] model)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Threads that spin while they wait would take the processor from decoding images and from libtorch.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(model, options);
    }

    /// <summary>Of the only output, as the model declares it; −1 for the batch.</summary>
    public IReadOnlyList<long> OutputShape => [.. _session.OutputMetadata.Values.Single().Dimensions.Select(d => (long)d)];

    /// <summary>One input and one output.</summary>
    /// <param name="input">Row by row.</param>
    /// <param name="shape">Of the input, with the batch.</param>
    /// <param name="output">fp32, contiguous, on the processor; overwritten.</param>
    public unsafe void Run<T>(ReadOnlySpan<T> input, long[] shape, Tensor output) where T : unmanaged
    {
        var type = typeof(T) == typeof(byte)
            ? TensorElementType.UInt8
            : typeof(T) == typeof(long) ? TensorElementType.Int64 : TensorElementType.Float;
        var numbers = output.bytes;
        fixed (T* from = input)
        fixed (byte* to = numbers)
        {
            using var x = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, type, shape, (nint)from, (long)input.Length * sizeof(T));
            using var y = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, TensorElementType.Float, output.shape, (nint)to, numbers.Length);
            _session.Run(_options, _session.InputNames, [x], _session.OutputNames, [y]);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
