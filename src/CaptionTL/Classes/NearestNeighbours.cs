using CaptionTL.Runtime.Onnx;

namespace CaptionTL.Classes;

/// <summary>
/// The class that most of the k nearest training images have (Cover and Hart, 1967). Equally near images: the one that came first in
/// training; a tie of votes: the smaller label, as in scikit-learn.
/// </summary>
public sealed class NearestNeighbours : IClassicalModel
{
    private readonly int[] _classes;
    private readonly FeatureKernel _products;
    private readonly double[] _norms;
    private readonly int[] _all;

    internal NearestNeighbours(int[] classes, FeatureMatrix images, int[] positions, int neighbours, FeatureDistance distance)
    {
        (_classes, Images, Positions, Neighbours, Distance) = (classes, images, positions, neighbours, distance);
        (_norms, _all) = (KernelFunction.Norms(images), [.. Enumerable.Range(0, images.Rows)]);
        _products = new FeatureKernel(images, new KernelFunction(SvmKernel.Linear, 1));
    }

    public int Features => Images.Columns;

    public IReadOnlyList<int> Classes => _classes;

    /// <summary>k.</summary>
    public int Neighbours { get; }

    public FeatureDistance Distance { get; }

    /// <summary>What it compares with.</summary>
    internal FeatureMatrix Images { get; }

    /// <summary>Position of each image's class.</summary>
    internal int[] Positions { get; }

    /// <summary>Keeps all rows.</summary>
    /// <param name="features">For Euclidean distance best standardised.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="neighbours">k, from 1 to the number of rows.</param>
    /// <param name="distance">Euclidean or cosine.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes, labels that do not match the rows, or a k that is too small or too
    /// large.</exception>
    public static NearestNeighbours Fit(FeatureMatrix features, IReadOnlyList<int> labels, int neighbours = 5,
        FeatureDistance distance = FeatureDistance.Euclidean)
    {
        var (classes, positions) = ClassicalInput.Check(features, labels);
        if (neighbours < 1 || neighbours > features.Rows)
            throw new CaptionTLException($"{neighbours} neighbours were asked for: with {features.Rows} training images, 1 to "
                + $"{features.Rows} are possible");
        return new NearestNeighbours(classes, features, positions, neighbours, distance);
    }

    /// <summary>Share of each class among the neighbours, 0 to 1.</summary>
    /// <inheritdoc/>
    public double[][] Decide(FeatureMatrix features) => Decide(features, [Neighbours])[0];

    /// <summary>The same votes; which of two images that are equally near in fp32 has one is up to the runtime.</summary>
    OnnxValue IClassicalModel.Write(OnnxGraph graph, OnnxValue features)
    {
        var products = OnnxWeights.Products(graph, features, Images);
        var nearness = Distance == FeatureDistance.Euclidean
            ? graph.Unary("Neg", OnnxWeights.SquaredDistances(graph, features, Images, products)) : Cosines();
        var nearest = graph.Nodes("TopK", [nearness, graph.Integers(Neighbours)], [[Neighbours], [Neighbours]], ("axis", 1))[1];
        var votes = new float[Images.Rows * _classes.Length];
        for (var r = 0; r < Positions.Length; r++) votes[r * _classes.Length + Positions[r]] = 1;
        var gathered = graph.Node(
            "Gather", [graph.Constant(votes, [Images.Rows, _classes.Length]), nearest], [Neighbours, _classes.Length]);
        return graph.Reduce("ReduceMean", gathered, 1);

        // A vector of length 0 is at right angles to all.
        OnnxValue Cosines()
        {
            var lengths = graph.Binary("Mul", graph.Unary("Sqrt", OnnxWeights.SquaredLength(graph, features)),
                OnnxWeights.Row(graph, [.. _norms.Select(Math.Sqrt)]));
            return graph.Binary("Div", products, graph.Binary("Max", lengths with { Shape = [Images.Rows] }, graph.Number(1e-30)));
        }
    }

    /// <summary>Scores for several k at once: the distances, which take the time, are the same.</summary>
    internal double[][][] Decide(FeatureMatrix features, IReadOnlyList<int> neighbours)
    {
        ClassicalInput.CheckColumns(features, Features);
        double[][][] scores = [.. neighbours.Select(_ => new double[features.Rows][])];
        ParallelWork.For(features.Rows, r =>
        {
            var nearest = Nearest(features[r], neighbours.Max());
            for (var i = 0; i < neighbours.Count; i++)
            {
                scores[i][r] = new double[_classes.Length];
                for (var n = 0; n < neighbours[i]; n++) scores[i][r][Positions[nearest[n]]] += 1.0 / neighbours[i];
            }
        });
        return scores;
    }

    /// <summary>Training images, nearest first.</summary>
    private int[] Nearest(ReadOnlySpan<float> query, int count)
    {
        var distances = new double[_all.Length];
        _products.Values(query, _all, distances);
        var own = VectorMath.Dot(query, query);
        for (var i = 0; i < distances.Length; i++)
            distances[i] = Distance == FeatureDistance.Euclidean ? Math.Max(0, own + _norms[i] - 2 * distances[i])
                : own > 0 && _norms[i] > 0 ? 1 - distances[i] / Math.Sqrt(own * _norms[i]) : 1;
        var order = (int[])_all.Clone();
        Array.Sort(order, (a, b) => distances[a] != distances[b] ? distances[a].CompareTo(distances[b]) : a.CompareTo(b));
        return order[..count];
    }
}
