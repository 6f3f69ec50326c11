using CaptionTL.Runtime.Onnx;
using CaptionTL.Training.Plans;

namespace CaptionTL.Heads.Classical;

/// <summary>
/// Support vector machine with a kernel (C-SVC), one machine for every pair of classes, the class with most votes wins: LIBSVM's
/// (Chang and Lin, ACM TIST 2, 2011) and so scikit-learn's SVC.
/// </summary>
public sealed class KernelSvm : IClassicalModel
{
    private readonly int[] _classes;
    private readonly FeatureKernel _kernel;
    private readonly int[] _all;

    internal KernelSvm(int[] classes, SvmKernel kernel, double gamma, FeatureMatrix supportVectors, int[] supportCounts, double[] coefficients, double[] intercepts, bool converged)
    {
        (_classes, Kernel, Gamma, SupportVectors, SupportCounts, Coefficients, Intercepts, Converged) = (classes, kernel, gamma, supportVectors, supportCounts, coefficients, intercepts, converged);
        (_kernel, _all) = (new FeatureKernel(supportVectors, new KernelFunction(kernel, gamma)), [.. Enumerable.Range(0, supportVectors.Rows)]);
    }

    public int Features => SupportVectors.Columns;

    public IReadOnlyList<int> Classes => _classes;

    public SvmKernel Kernel { get; }

    /// <summary>Of the RBF kernel.</summary>
    public double Gamma { get; }

    /// <summary>Rows that the answers stand on, sorted by class.</summary>
    public FeatureMatrix SupportVectors { get; }

    /// <summary>False where the steps ran out for a pair; usable all the same.</summary>
    public bool Converged { get; }

    /// <summary>Support vectors of each class.</summary>
    internal int[] SupportCounts { get; }

    /// <summary>(classes − 1, support vectors) as LIBSVM keeps them: row i is for the i-th other class.</summary>
    internal double[] Coefficients { get; }

    /// <summary>One a pair.</summary>
    internal double[] Intercepts { get; }

    /// <summary>Fits to all rows.</summary>
    /// <param name="features">Best standardised.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="kernel">RBF or linear.</param>
    /// <param name="c">Weight of the errors, above 0.</param>
    /// <param name="gamma">Of the RBF kernel, above 0; null for 1 / (columns · variance of all numbers), scikit-learn's "scale".</param>
    /// <param name="weighting">Whether the errors of rare classes count more; multiplies C class by class.</param>
    /// <param name="token">Stops soon.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes, labels that do not match the rows, or a C or gamma that is not above 0.</exception>
    public static KernelSvm Fit(FeatureMatrix features, IReadOnlyList<int> labels, SvmKernel kernel = SvmKernel.Rbf, double c = 1, double? gamma = null, ClassWeighting weighting = ClassWeighting.None, CancellationToken token = default)
    {
        var (classes, positions) = ClassicalInput.Check(features, labels);
        ClassicalInput.CheckPositive(c, "C");
        var width = gamma ?? KernelFunction.Scale(features);
        ClassicalInput.CheckPositive(width, "gamma");
        var (sorted, rowsByClass) = PairwiseTraining.Sort(features, positions, classes.Length);
        var pairs = new PairwiseTraining(new FeatureKernel(sorted, new KernelFunction(kernel, width)), rowsByClass, ClassWeights.Of(weighting, positions, classes.Length), PairwiseTraining.FinalTolerance).Solve(c, token);

        var supports = pairs.SelectMany(p => p.Rows.Where((_, k) => p.Coefficients[k] != 0)).Distinct().Order().ToArray();
        var coefficients = new double[(classes.Length - 1) * supports.Length];
        foreach (var pair in pairs)
            for (var k = 0; k < pair.Rows.Length; k++)
                if (pair.Coefficients[k] != 0)
                {
                    var other = k < rowsByClass[pair.First].Length ? pair.Second - 1 : pair.First;
                    coefficients[other * supports.Length + Array.BinarySearch(supports, pair.Rows[k])] = pair.Coefficients[k];
                }
        int[] counts = [.. rowsByClass.Select(rows => supports.Count(s => s >= rows[0] && s <= rows[^1]))];
        return new KernelSvm(classes, kernel, width, sorted.Select(supports), counts, coefficients, [.. pairs.Select(p => p.Intercept)], pairs.All(p => p.Converged));
    }

    /// <inheritdoc cref="LinearSvm.Decide"/>
    public double[][] Decide(FeatureMatrix features)
    {
        ClassicalInput.CheckColumns(features, Features);
        var scores = new double[features.Rows][];
        ParallelWork.For(scores.Length, r =>
        {
            var values = new double[_all.Length];
            _kernel.Values(features[r], _all, values);
            scores[r] = OneAgainstOne.Scores(Decisions(values), _classes.Length);
        });
        return scores;
    }

    OnnxValue IClassicalModel.Write(OnnxGraph graph, OnnxValue features)
    {
        var values = OnnxWeights.Products(graph, features, SupportVectors);
        if (Kernel == SvmKernel.Rbf)
            values = graph.Unary(
                "Exp", graph.Binary("Mul", OnnxWeights.SquaredDistances(graph, features, SupportVectors, values), graph.Number(-Gamma)));
        // What each support vector adds to each pair's decision: its row of the kernel values is all zeros but one.
        var pairs = Intercepts.Length;
        var weights = new float[pairs * _all.Length];
        for (var s = 0; s < _all.Length; s++)
        {
            var one = new double[_all.Length];
            one[s] = 1;
            var decisions = Decisions(one);
            for (var p = 0; p < pairs; p++) weights[p * _all.Length + s] = (float)(decisions[p] - Intercepts[p]);
        }
        return OneAgainstOne.Write(graph, graph.Linear(values, weights, OnnxWeights.Of(Intercepts), _all.Length, pairs), _classes.Length);
    }

    /// <summary>One decision a pair, from the kernel values of all support vectors.</summary>
    private double[] Decisions(double[] values)
    {
        var (decisions, starts) = ((double[])Intercepts.Clone(), new int[_classes.Length + 1]);
        for (var k = 0; k < SupportCounts.Length; k++) starts[k + 1] = starts[k] + SupportCounts[k];
        var p = 0;
        foreach (var (first, second) in OneAgainstOne.All(_classes.Length))
            decisions[p++] += Part(second - 1, first) + Part(first, second);
        return decisions;

        double Part(int other, int of)
        {
            var (start, count) = (starts[of], SupportCounts[of]);
            return VectorMath.Dot(Coefficients.AsSpan(other * values.Length + start, count), values.AsSpan(start, count));
        }
    }
}
