using CaptionTL.Training.Plans;

namespace CaptionTL.Classes;

/// <summary>
/// Linear support vector machine: 0.5·|w|² + C · Σ hinge loss, intercept not penalised (scikit-learn's SVC with a linear kernel), one
/// machine for every pair of classes. Solved in the dual by <see cref="SmoSolver"/>; kept as weights, so that predictions are fast.
/// </summary>
public sealed class LinearSvm : IClassicalModel
{
    private readonly int[] _classes;
    private readonly double[] _weights, _intercepts;

    internal LinearSvm(int[] classes, int features, double[] weights, double[] intercepts, bool converged) =>
        (_classes, Features, _weights, _intercepts, Converged) = (classes, features, weights, intercepts, converged);

    public int Features { get; }

    public IReadOnlyList<int> Classes => _classes;

    /// <summary>False where the solver reached its limit of steps for a pair; the model is usable all the same.</summary>
    public bool Converged { get; }

    /// <summary>
    /// (pairs, features), row-major, pairs in the order (0, 1), (0, 2), …, (1, 2), …; a decision above 0 is for the second class of a
    /// pair.
    /// </summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>One for each pair.</summary>
    public ReadOnlySpan<double> Intercepts => _intercepts;

    /// <summary>Fits to all rows.</summary>
    /// <param name="features">Best standardised.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="c">Weight of the errors, above 0.</param>
    /// <param name="weighting">Whether the errors of rare classes count more; multiplies C class by class.</param>
    /// <param name="token">Stops training soon.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes, labels that do not match the rows, or a C that is not above
    /// 0.</exception>
    public static LinearSvm Fit(FeatureMatrix features, IReadOnlyList<int> labels, double c = 1,
        ClassWeighting weighting = ClassWeighting.None, CancellationToken token = default)
    {
        var (classes, positions) = ClassicalInput.Check(features, labels);
        ClassicalInput.CheckPositive(c, "C");
        var (sorted, rowsByClass) = PairwiseTraining.Sort(features, positions, classes.Length);
        var pairs = new PairwiseTraining(new FeatureKernel(sorted, new KernelFunction(SvmKernel.Linear, 1)), rowsByClass,
            ClassWeights.Of(weighting, positions, classes.Length), PairwiseTraining.FinalTolerance).Solve(c, token);
        var weights = new double[pairs.Length * features.Columns];
        for (var p = 0; p < pairs.Length; p++)
        for (var k = 0; k < pairs[p].Rows.Length; k++)
            if (pairs[p].Coefficients[k] != 0)
                VectorMath.AddScaled(pairs[p].Coefficients[k], sorted[pairs[p].Rows[k]],
                    weights.AsSpan(p * features.Columns, features.Columns));
        return new LinearSvm(classes, features.Columns, weights, [.. pairs.Select(p => p.Intercept)], pairs.All(p => p.Converged));
    }

    /// <summary>Two classes: the signed margin of each. More: votes of the pairs, their sum of margins as a fraction.</summary>
    T IClassicalModel.Decide<T>(IDecisionMath<T> math, T features) =>
        OneAgainstOne.Scores(math, math.Linear(features, _weights, _intercepts, _intercepts.Length), _classes.Length);
}
