using CaptionTL.Heads.Classical;
using static TorchSharp.torch;

namespace CaptionTL.Runtime.Onnx;

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

    /// <summary>One number for each column.</summary>
    public static OnnxValue Row(OnnxGraph graph, IReadOnlyList<double> values) =>
        graph.Constant([.. values.Select(v => (float)v)], [values.Count]);

    /// <summary>Features (n, F) times those of known images: (n, rows).</summary>
    public static OnnxValue Products(OnnxGraph graph, OnnxValue features, FeatureMatrix known) =>
        graph.Linear(features, known.Values.ToArray(), null, known.Columns, known.Rows);

    /// <summary>x·x of every row of features: (n, 1).</summary>
    public static OnnxValue SquaredLength(OnnxGraph graph, OnnxValue features) =>
        graph.Node("ReduceSum", [graph.Binary("Mul", features, features), graph.Integers(1)], [1], ("keepdims", 1));

    /// <summary>Squared Euclidean distances (n, rows), from the products.</summary>
    public static OnnxValue SquaredDistances(OnnxGraph graph, OnnxValue features, FeatureMatrix known, OnnxValue products)
    {
        var twice = graph.Binary("Mul", products, graph.Number(2));
        var norms = graph.Binary("Add", SquaredLength(graph, features), Row(graph, KernelFunction.Norms(known)))
            with { Shape = products.Shape };
        return graph.Binary("Max", graph.Binary("Sub", norms, twice), graph.Number(0));
    }
}
