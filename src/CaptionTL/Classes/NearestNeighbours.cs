namespace CaptionTL.Classes;

/// <summary>
/// The most frequent class among the k nearest training images (Cover and Hart, 1967). Of equally near images the first in training
/// counts; a tie of votes goes to the smaller label, as in scikit-learn.
/// </summary>
public sealed class NearestNeighbours : IClassicalModel
{
    private readonly int[] _classes;
    private readonly double[] _norms;

    internal NearestNeighbours(int[] classes, FeatureMatrix images, int[] positions, int neighbours, FeatureDistance distance) =>
        (_classes, Images, Positions, Neighbours, Distance, _norms) =
            (classes, images, positions, neighbours, distance, KernelFunction.Norms(images));

    public int Features => Images.Columns;

    public IReadOnlyList<int> Classes => _classes;

    /// <summary>k.</summary>
    public int Neighbours { get; }

    public FeatureDistance Distance { get; }

    /// <summary>The training images.</summary>
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
            throw new CaptionTLException($"The number of neighbours is {neighbours}; with {features.Rows} training images, 1 to "
                + $"{features.Rows} are possible.");
        return new NearestNeighbours(classes, features, positions, neighbours, distance);
    }

    /// <summary>Share of each class among the neighbours, 0 to 1.</summary>
    T IClassicalModel.Decide<T>(IDecisionMath<T> math, T features)
    {
        var products = math.Products(features, Images);
        return math.Votes(Distance == FeatureDistance.Euclidean
            ? math.Unary("Neg", math.SquaredDistances(features, products, _norms)) : Cosines(), Neighbours, Positions, _classes.Length);

        // A vector of length 0 is at right angles to all.
        T Cosines()
        {
            var lengths = math.Binary("Mul", math.Unary("Sqrt", math.SquaredLength(features)), math.Row([.. _norms.Select(Math.Sqrt)]));
            return math.Binary("Div", products, math.Binary("Max", lengths, math.Number(1e-30)));
        }
    }
}
