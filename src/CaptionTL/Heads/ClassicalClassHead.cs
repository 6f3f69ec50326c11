using CaptionTL.Heads.Classical;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>A conventional model on pooled embeddings.</summary>
/// <param name="model">Fitted on features pooled in the same way, with one class for each label.</param>
/// <param name="pooling">How grids become features.</param>
public sealed class ClassicalClassHead(ClassicalHead model, Pooling pooling) : IClassHead
{
    public ClassicalHead Model => model;

    public double[][] Scores(Tensor embeddings) => model.Decide(Features(embeddings, pooling));

    OnnxValue IClassHead.Write(OnnxGraph graph, OnnxValue embeddings) =>
        ((IClassicalModel)model).Write(graph, FeaturePooling.Write(graph, embeddings, pooling));

    /// <summary>Embeddings (N, P, C) to N rows of pooled features.</summary>
    public static FeatureMatrix Features(Tensor embeddings, Pooling pooling)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var pooled = FeaturePooling.Pool(embeddings.to(ScalarType.Float32), pooling);
        return new FeatureMatrix(pooled.data<float>().ToArray(), (int)pooled.shape[0], (int)pooled.shape[1]);
    }

    public void Dispose()
    {
        // holds no tensors
    }
}
