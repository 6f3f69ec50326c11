using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Classes;

/// <summary>A conventional classifier on features, fitted; thread-safe.</summary>
public interface IClassicalModel
{
    /// <summary>Number of features of an image.</summary>
    int Features { get; }

    /// <summary>The labels that occurred in training, ascending; scores are in this order.</summary>
    IReadOnlyList<int> Classes { get; }

    /// <summary>
    /// Features (n, <see cref="Features"/>) to a score for every class, (n, classes); the first of the largest is the prediction. Their
    /// scale is the model's own.
    /// </summary>
    internal T Decide<T>(IDecisionMath<T> math, T features);
}

/// <summary>Scores and predictions of a model.</summary>
public static class ClassicalPrediction
{
    private const int RowsAtOnce = 512;

    /// <summary>A score for every class, one array for each row.</summary>
    /// <exception cref="CaptionTLException">Another number of features than it was fitted on.</exception>
    public static double[][] Decide(this IClassicalModel model, FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        ClassicalInput.CheckColumns(features, model.Features);
        using var _ = no_grad();
        var scores = new List<double[]>(features.Rows);
        for (var first = 0; first < features.Rows; first += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            scores.AddRange(Rows(model.Decide(TensorMath.Instance,
                features.ToTensor(first, Math.Min(RowsAtOnce, features.Rows - first)))));
        }
        return [.. scores];
    }

    /// <summary>The label of every row.</summary>
    /// <inheritdoc cref="Decide"/>
    public static int[] Predict(this IClassicalModel model, FeatureMatrix features) =>
        [.. Decide(model, features).Select(scores => model.Classes[Best(scores)])];

    /// <summary>Share of rows whose label is predicted, 0 to 1.</summary>
    /// <inheritdoc cref="Decide"/>
    public static double Accuracy(this IClassicalModel model, FeatureMatrix features, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var predicted = Predict(model, features);
        if (labels.Count != predicted.Length || labels.Count == 0)
            throw new CaptionTLException($"There are {predicted.Length} images and {labels.Count} labels; each image needs one label, and "
                + "at least one image is needed.");
        return predicted.Where((label, i) => label == labels[i]).Count() / (double)labels.Count;
    }

    /// <summary>Position of the first of the largest scores.</summary>
    public static int Best(ReadOnlySpan<double> scores)
    {
        var best = 0;
        for (var k = 1; k < scores.Length; k++)
            if (scores[k] > scores[best]) best = k;
        return best;
    }

    /// <summary>A matrix of doubles, one array for each row.</summary>
    internal static IEnumerable<double[]> Rows(Tensor matrix) => matrix.contiguous().data<double>().ToArray().Chunk((int)matrix.shape[1]);
}

/// <summary>The conventional models.</summary>
public enum ClassicalKind
{
    /// <summary><see cref="LogisticRegression"/>.</summary>
    LogisticRegression,

    /// <summary><see cref="LinearSvm"/>.</summary>
    LinearSvm,

    /// <summary><see cref="KernelSvm"/>.</summary>
    KernelSvm,

    /// <summary><see cref="NearestNeighbours"/>.</summary>
    NearestNeighbours,

    /// <summary><see cref="NearestClassMean"/>.</summary>
    NearestClassMean,
}

/// <summary>Settings of a conventional model; those that its kind does not use are ignored.</summary>
public sealed record ClassicalSettings
{
    public ClassicalKind Kind { get; init; } = ClassicalKind.LogisticRegression;

    /// <summary>Weight of the errors against the penalty, above 0: logistic regression and support vector machines.</summary>
    public double C { get; init; } = 1;

    public SvmKernel Kernel { get; init; } = SvmKernel.Rbf;

    /// <summary>Gamma of the RBF kernel as a multiple of 1 / (features · variance), above 0.</summary>
    public double GammaScale { get; init; } = 1;

    /// <summary>k of the nearest neighbours, at least 1.</summary>
    public int Neighbours { get; init; } = 5;

    /// <summary>How nearest neighbours compare images.</summary>
    public FeatureDistance Distance { get; init; }

    /// <summary>Whether the errors of rare classes count more: logistic regression and support vector machines.</summary>
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    /// <summary>Standardise every feature to mean 0 and deviation 1 first.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>
    /// Trains the model on features that are already standardised where the settings say so; see <see cref="ClassicalHead.Fit"/>.
    /// </summary>
    internal IClassicalModel Fit(FeatureMatrix features, IReadOnlyList<int> labels, CancellationToken token)
    {
        ClassicalInput.CheckPositive(GammaScale, "the scale of gamma");
        return Kind switch
        {
            ClassicalKind.LogisticRegression => LogisticRegression.Fit(features, labels, C, ClassWeights, token),
            ClassicalKind.LinearSvm => LinearSvm.Fit(features, labels, C, ClassWeights, token),
            ClassicalKind.KernelSvm =>
                KernelSvm.Fit(features, labels, Kernel, C, GammaScale * KernelFunction.Scale(features), ClassWeights, token),
            ClassicalKind.NearestNeighbours => NearestNeighbours.Fit(features, labels, Neighbours, Distance),
            ClassicalKind.NearestClassMean => NearestClassMean.Fit(features, labels),
            _ => throw new CaptionTLException($"There is no conventional model of kind {(int)Kind}."),
        };
    }
}

/// <summary>The values that cross-validation tries; those that the kind of model does not use are left out.</summary>
public sealed record ClassicalGrid
{
    /// <summary>2^−5 to 2^7, by factors of 2.</summary>
    public IReadOnlyList<double> C { get; init; } = [.. Enumerable.Range(-5, 13).Select(e => Math.ScaleB(1, e))];

    /// <summary>Multiples of 1 / (features · variance): 2^−4 to 2^3, by factors of 2.</summary>
    public IReadOnlyList<double> GammaScale { get; init; } = [.. Enumerable.Range(-4, 8).Select(e => Math.ScaleB(1, e))];

    /// <summary>k: 1, 3, 5, 9, 15, 25; those that a fold has too few images for are left out.</summary>
    public IReadOnlyList<int> Neighbours { get; init; } = [1, 3, 5, 9, 15, 25];

    /// <summary>
    /// Every point, in paths: along a path C ascends and all else is the same, so that each fit starts from the one before.
    /// </summary>
    /// <param name="settings">The kind, and the values that are not varied.</param>
    /// <param name="rows">Training images of the smallest fold.</param>
    /// <exception cref="CaptionTLException">A value out of range, or none to try.</exception>
    internal IReadOnlyList<ClassicalSettings[]> Paths(ClassicalSettings settings, int rows)
    {
        ClassicalSettings[] Along(ClassicalSettings at) => [.. Positive(C, "C").Select(c => at with { C = c })];
        return settings.Kind switch
        {
            ClassicalKind.LogisticRegression or ClassicalKind.LinearSvm => [Along(settings)],
            ClassicalKind.KernelSvm when settings.Kernel == SvmKernel.Linear => [Along(settings)],
            ClassicalKind.KernelSvm =>
                [.. Positive(GammaScale, "the scale of gamma").Select(g => Along(settings with { GammaScale = g }))],
            ClassicalKind.NearestNeighbours => [Counts(rows).Select(k => settings with { Neighbours = k }).ToArray()],
            _ => [[settings]],
        };
    }

    private int[] Counts(int rows)
    {
        int[] counts = [.. Neighbours.Distinct().Where(k => k <= rows).Order()];
        return counts is [>= 1, ..] ? counts
            : throw new CaptionTLException($"There is no number of neighbours to try; at least one from 1 to {rows} is needed.");
    }

    private static double[] Positive(IReadOnlyList<double> values, string name)
    {
        foreach (var value in values) ClassicalInput.CheckPositive(value, name);
        return values.Count > 0 ? [.. values.Distinct().Order()] : throw new CaptionTLException($"There is no value of {name} to try.");
    }
}

/// <summary>How much an image's error counts, by its class.</summary>
internal static class ClassWeights
{
    /// <summary>
    /// 1 for every class, or rows / (classes · rows of the class), as scikit-learn's "balanced"; a class without rows counts as if it had
    /// one.
    /// </summary>
    /// <param name="weighting">Which.</param>
    /// <param name="positions">Class of each row, 0 to classes − 1.</param>
    /// <param name="classes">How many.</param>
    public static double[] Of(ClassWeighting weighting, IReadOnlyList<int> positions, int classes)
    {
        var weights = new double[classes];
        if (weighting == ClassWeighting.None)
        {
            Array.Fill(weights, 1);
            return weights;
        }
        foreach (var position in positions) weights[position]++;
        return Array.ConvertAll(weights, rows => positions.Count / (classes * Math.Max(1, rows)));
    }
}
