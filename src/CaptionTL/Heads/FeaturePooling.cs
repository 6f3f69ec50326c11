using CaptionTL.Runtime.Onnx;
using CaptionTL.Training.Plans;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>Grids (N, P, C) to one vector a picture.</summary>
public static class FeaturePooling
{
    /// <summary>Numbers a picture.</summary>
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
