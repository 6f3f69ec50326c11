namespace CaptionTL.Classes;

/// <summary>
/// The class whose mean feature vector is nearest in Euclidean distance: nothing to tune, and good with very few images.
/// </summary>
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
    T IClassicalModel.Decide<T>(IDecisionMath<T> math, T features)
    {
        double[] norms = [.. _means.Chunk(Features).Select(mean => VectorMath.Dot(mean, mean))];
        var distances = math.SquaredDistances(features, math.Linear(features, _means, null, _classes.Length), norms);
        return math.Binary("Mul", distances, math.Number(-0.5));
    }
}
