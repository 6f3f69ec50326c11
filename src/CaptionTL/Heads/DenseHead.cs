using CaptionTL.Runtime.Onnx;
using CaptionTL.Training.Plans;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Heads;

/// <summary>
/// Pooled features through fully connected layers with ReLU to class scores: embeddings (N, P, C) to (N, classes). Dropout before every
/// layer. Without hidden layers it is softmax regression, what replaces a network's last layer.
/// </summary>
public sealed class DenseHead : Module<Tensor, Tensor>, IClassHead
{
    private readonly ModuleList<Linear> layers = [];
    private readonly Pooling _pooling;
    private readonly double _dropout;

    /// <param name="plan">Layers, pooling and dropout.</param>
    /// <param name="channels">Of the embeddings.</param>
    /// <param name="cells">Of their grid.</param>
    /// <param name="classes">At least two.</param>
    public DenseHead(DenseHeadPlan plan, int channels, int cells, int classes) : base(nameof(DenseHead))
    {
        (_pooling, _dropout, Classes) = (plan.Pooling, plan.Dropout, classes);
        var inputs = FeaturePooling.Size(plan.Pooling, cells, channels);
        foreach (var units in plan.Hidden.Append(classes))
        {
            layers.Add(Linear(inputs, units));
            inputs = units;
        }
        RegisterComponents();
        // The last layer begins at zero: every class equally likely, whatever the scale of the features.
        using var _ = no_grad();
        init.zeros_(layers[^1].weight!);
        init.zeros_(layers[^1].bias!);
    }

    public int Classes { get; }

    public double[][] Scores(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scores = call(embeddings).cpu().to(ScalarType.Float64).data<double>().ToArray();
        return [.. scores.Chunk(Classes)];
    }

    OnnxValue IClassHead.Write(OnnxGraph graph, OnnxValue embeddings)
    {
        var x = FeaturePooling.Write(graph, embeddings, _pooling);
        foreach (var (i, layer) in layers.Index())
        {
            if (i > 0) x = graph.Unary("Relu", x);
            x = graph.Linear(
                x, OnnxWeights.Of(layer.weight!), OnnxWeights.Of(layer.bias!), (int)layer.weight!.shape[1], (int)layer.weight.shape[0]);
        }
        return x;
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = FeaturePooling.Pool(input.to(ScalarType.Float32), _pooling);
        for (var i = 0; i < layers.Count; i++)
        {
            if (i > 0) x = x.relu();
            x = layers[i].call(functional.dropout(x, _dropout, training));
        }
        return x.MoveToOuterDisposeScope();
    }
}
