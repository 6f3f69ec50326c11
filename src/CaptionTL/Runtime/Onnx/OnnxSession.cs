using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;
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
    /// <exception cref="CaptionTLException">ONNX Runtime is missing, or does not take the model.</exception>
    public OnnxSession(byte[] model) => _session = Guarded(() => Make(model));

    private static InferenceSession Make(byte[] model)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Threads that spin while they wait would take the processor from decoding images and from libtorch.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(model, options);
    }

    /// <summary>Of the only output, as the model declares it; −1 for the batch.</summary>
    public IReadOnlyList<long> OutputShape => [.. _session.OutputMetadata.Values.Single().Dimensions.Select(d => (long)d)];

    /// <summary>One input and one output.</summary>
    /// <param name="input">Row by row.</param>
    /// <param name="shape">Of the input, with the batch.</param>
    /// <param name="output">fp32, contiguous, on the processor; overwritten.</param>
    /// <exception cref="CaptionTLException">ONNX Runtime failed, for want of memory for instance.</exception>
    public unsafe void Run(ReadOnlySpan<float> input, long[] shape, Tensor output)
    {
        var numbers = output.bytes;
        fixed (float* from = input)
        fixed (byte* to = numbers)
        {
            using var x = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float,
                shape, (nint)from, (long)input.Length * sizeof(float));
            using var y = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float,
                output.shape, (nint)to, numbers.Length);
            Guarded(() =>
            {
                _session.Run(_options, _session.InputNames, [x], _session.OutputNames, [y]);
                return true;
            });
        }
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or TypeInitializationException)
        {
            var reason = (e.InnerException ?? e).Message;
            throw new CaptionTLException(
                $"ONNX Runtime could not compute the network: {reason} 'captiontl doctor' looks at what it needs.", isInput: false, e);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }
}

/// <summary>Numbers of heads as ONNX constants, and what conventional models compute of features (n, F).</summary>
internal static class OnnxWeights
{
    public static float[] Of(double[] values) => Array.ConvertAll(values, v => (float)v);

    /// <summary>A tensor in fp32, row by row.</summary>
    public static float[] Of(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.detach().cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }
}
