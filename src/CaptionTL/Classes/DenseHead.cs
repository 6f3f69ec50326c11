using CaptionTL.Runtime.Onnx;
using CaptionTL.Training.Plans;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace CaptionTL.Classes;

/// <summary>
/// Pooled features through fully connected layers with ReLU to class scores: embeddings (N, P, C) to (N, classes). Dropout before every
/// layer. Without hidden layers it is softmax regression, which replaces a network's last layer.
/// </summary>
public sealed class DenseHead : Module<Tensor, Tensor>, IClassHead
{
    private readonly ModuleList<Linear> layers = [];
    private readonly Pooling _pooling;
    private readonly double _dropout;

    /// <param name="plan">Layers, pooling and dropout.</param>
    /// <param name="channels">Channels of the embeddings.</param>
    /// <param name="cells">Cells of their grid.</param>
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
        // The last layer starts at zero: every class is equally likely, whatever the scale of the features.
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

/// <summary>A classifier on embeddings.</summary>
public interface IClassHead : IDisposable
{
    /// <summary>
    /// Embeddings (N, P, C) to one array of class scores for each image; the softmax of the scores at the model's temperature are
    /// probabilities.
    /// </summary>
    double[][] Scores(Tensor embeddings);

    /// <summary>The same scores (n, classes) in fp32 as ONNX nodes, for exported models.</summary>
    internal OnnxValue Write(OnnxGraph graph, OnnxValue embeddings);
}

/// <summary>Grids (N, P, C) to one vector for each image.</summary>
public static class FeaturePooling
{
    /// <summary>Numbers per image.</summary>
    public static int Size(Pooling pooling, int cells, int channels) => pooling switch
    {
        Pooling.Both => 2 * channels,
        Pooling.Flatten => cells * channels,
        _ => channels,
    };

    /// <summary>(N, P, C) to (N, <see cref="Size"/>).</summary>
    public static Tensor Pool(Tensor grid, Pooling pooling)
    {
        switch (pooling)
        {
            case Pooling.Average: return grid.mean([1]);
            case Pooling.Max: return grid.amax([1]);
            case Pooling.Flatten: return grid.flatten(1);
            default:
                using (var mean = grid.mean([1]))
                using (var max = grid.amax([1]))
                    return cat([mean, max], 1);
        }
    }

    /// <summary>The same as ONNX nodes.</summary>
    internal static OnnxValue Write(OnnxGraph graph, OnnxValue grid, Pooling pooling)
    {
        switch (pooling)
        {
            case Pooling.Average: return graph.Reduce("ReduceMean", grid, 1);
            case Pooling.Max: return graph.Reduce("ReduceMax", grid, 1);
            case Pooling.Flatten: return graph.Reshape(grid, grid.Shape[0] * grid.Shape[1]);
            default:
                return graph.Node(
                    "Concat", [Write(graph, grid, Pooling.Average), Write(graph, grid, Pooling.Max)], [2 * grid.Shape[1]], ("axis", 1));
        }
    }
}
