using CaptionTL.Runtime.Onnx;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>What stands on embeddings and tells classes apart.</summary>
public interface IClassHead : IDisposable
{
    /// <summary>Embeddings (N, P, C) to N scores a class; the softmax of the scores at the model's temperature are probabilities.</summary>
    double[][] Scores(Tensor embeddings);

    /// <summary>The same scores (n, classes) in fp32 as ONNX nodes, for exported models.</summary>
    internal OnnxValue Write(OnnxGraph graph, OnnxValue embeddings);
}
