using CaptionTL.Runtime.Onnx;

namespace CaptionTL.Classes;

/// <summary>The class whose mean image is nearest in Euclidean distance: nothing to tune, and good with very few images.</summary>
public sealed class NearestClassMean : IClassicalModel
{
    private readonly int[] _classes;
    private readonly double[] _means; // (classes, features)

    internal NearestClassMean(int[] classes, int features, double[] means) => (_classes, Features, _means) = (classes, features, means);

    public int Features { get; }

    public IReadOnlyList<int> Classes => _classes;

    /// <summary>(classes, features), row-major.</summary>
    internal double[] Means => _means;

    /// <summary>Takes every class's mean.</summary>
    /// <param name="features">Best standardised.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes, or labels that do not match the rows.</exception>
    public static NearestClassMean Fit(FeatureMatrix features, IReadOnlyList<int> labels)
    {
        var (classes, positions) = ClassicalInput.Check(features, labels);
        var (means, counts) = (new double[classes.Length * features.Columns], new int[classes.Length]);
        foreach (var position in positions) counts[position]++;
        for (var r = 0; r < features.Rows; r++)
            VectorMath.AddScaled(1.0 / counts[positions[r]], features[r], means.AsSpan(positions[r] * features.Columns, features.Columns));
        return new NearestClassMean(classes, features.Columns, means);
    }

    /// <summary>Minus half the squared distance to each class's mean.</summary>
    /// <inheritdoc/>
    public double[][] Decide(FeatureMatrix features)
    {
        ClassicalInput.CheckColumns(features, Features);
        var scores = new double[features.Rows][];
        for (var r = 0; r < scores.Length; r++)
        {
            scores[r] = new double[_classes.Length];
            for (var k = 0; k < _classes.Length; k++)
            for (var c = 0; c < Features; c++)
            {
                var difference = features[r][c] - _means[k * Features + c];
                scores[r][k] -= 0.5 * difference * difference;
            }
        }
        return scores;
    }

    OnnxValue IClassicalModel.Write(OnnxGraph graph, OnnxValue features)
    {
        var means = new FeatureMatrix(Array.ConvertAll(_means, m => (float)m), _classes.Length, Features);
        var distances = OnnxWeights.SquaredDistances(graph, features, means, OnnxWeights.Products(graph, features, means));
        return graph.Binary("Mul", distances, graph.Number(-0.5));
    }
}
