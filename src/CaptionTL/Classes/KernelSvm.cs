using CaptionTL.Runtime.Onnx;
using CaptionTL.Training.Plans;

namespace CaptionTL.Classes;

/// <summary>
/// Support vector machine with a kernel (C-SVC), one machine for every pair of classes, the class with most votes wins: LIBSVM's
/// (Chang and Lin, ACM TIST 2, 2011) and so scikit-learn's SVC.
/// </summary>
public sealed class KernelSvm : IClassicalModel
{
    private readonly int[] _classes;
    private readonly FeatureKernel _kernel;
    private readonly int[] _all;

    internal KernelSvm(int[] classes, SvmKernel kernel, double gamma, FeatureMatrix supportVectors, int[] supportCounts,
        double[] coefficients, double[] intercepts, bool converged)
    {
        (_classes, Kernel, Gamma, SupportVectors, SupportCounts, Coefficients, Intercepts, Converged) =
            (classes, kernel, gamma, supportVectors, supportCounts, coefficients, intercepts, converged);
        (_kernel, _all) = (new FeatureKernel(supportVectors, new KernelFunction(kernel, gamma)),
            [.. Enumerable.Range(0, supportVectors.Rows)]);
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
    /// <exception cref="CaptionTLException">Fewer than two classes, labels that do not match the rows, or a C or gamma that is not above
    /// 0.</exception>
    public static KernelSvm Fit(FeatureMatrix features, IReadOnlyList<int> labels, SvmKernel kernel = SvmKernel.Rbf, double c = 1,
        double? gamma = null, ClassWeighting weighting = ClassWeighting.None, CancellationToken token = default)
    {
        var (classes, positions) = ClassicalInput.Check(features, labels);
        ClassicalInput.CheckPositive(c, "C");
        var width = gamma ?? KernelFunction.Scale(features);
        ClassicalInput.CheckPositive(width, "gamma");
        var (sorted, rowsByClass) = PairwiseTraining.Sort(features, positions, classes.Length);
        var pairs = new PairwiseTraining(new FeatureKernel(sorted, new KernelFunction(kernel, width)), rowsByClass,
            ClassWeights.Of(weighting, positions, classes.Length), PairwiseTraining.FinalTolerance).Solve(c, token);

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
        return new KernelSvm(classes, kernel, width, sorted.Select(supports), counts, coefficients, [.. pairs.Select(p => p.Intercept)],
            pairs.All(p => p.Converged));
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

/// <summary>Several classes from machines of two: one for every pair, in the order (0, 1), (0, 2), …, (1, 2), …</summary>
internal static class OneAgainstOne
{
    public static int Pairs(int classes) => classes * (classes - 1) / 2;

    public static IEnumerable<(int First, int Second)> All(int classes) =>
        Enumerable.Range(0, classes).SelectMany(i => Enumerable.Range(i + 1, classes - i - 1).Select(j => (i, j)));

    /// <summary>
    /// Scores from the pairs' decisions (above 0 for the second class of a pair). Two classes: the opposite of the decision, and the
    /// decision. More: votes, as in LIBSVM, plus less than 1/3 for the sum of a class's decisions, as in scikit-learn's one-vs-rest shape.
    /// A tie of votes goes to the class that comes first, as in LIBSVM: its score is raised to the largest.
    /// </summary>
    public static double[] Scores(ReadOnlySpan<double> decisions, int classes)
    {
        if (classes == 2) return [-decisions[0], decisions[0]];
        var (votes, sums, pair) = (new double[classes], new double[classes], 0);
        for (var i = 0; i < classes; i++)
        for (var j = i + 1; j < classes; j++, pair++)
        {
            votes[decisions[pair] < 0 ? i : j]++;
            sums[i] -= decisions[pair];
            sums[j] += decisions[pair];
        }
        var winner = ClassicalPrediction.Best(votes);
        for (var k = 0; k < classes; k++) votes[k] += sums[k] / (3 * (Math.Abs(sums[k]) + 1));
        votes[winner] = votes.Max();
        return votes;
    }

    /// <summary>The same as ONNX nodes: decisions (n, pairs) to scores (n, classes).</summary>
    public static OnnxValue Write(OnnxGraph graph, OnnxValue decisions, int classes)
    {
        if (classes == 2) return graph.Linear(decisions, [-1, 1], null, 1, 2);
        var pairs = Pairs(classes);
        // Rows of classes: 1 for the pair's first, −1 for its second, and the other way round.
        var (firstLessSecond, secondLessFirst) = (new float[classes * pairs], new float[classes * pairs]);
        foreach (var (p, (first, second)) in All(classes).Index())
        {
            (firstLessSecond[first * pairs + p], firstLessSecond[second * pairs + p]) = (1, -1);
            (secondLessFirst[first * pairs + p], secondLessFirst[second * pairs + p]) = (-1, 1);
        }
        var forFirst = graph.Unary("Cast", graph.Binary("Less", decisions, graph.Number(0)), ("to", 1));
        var votes = graph.Linear(forFirst, firstLessSecond, [.. Enumerable.Range(0, classes).Select(k => (float)k)], pairs, classes);
        var sums = graph.Linear(decisions, secondLessFirst, null, pairs, classes);
        var room = graph.Binary("Mul", graph.Binary("Add", graph.Unary("Abs", sums), graph.Number(1)), graph.Number(3));
        var scores = graph.Binary("Add", votes, graph.Binary("Div", sums, room));
        // A tie of votes: what makes the first of the largest the only largest is less than a vote.
        var ordered = graph.Binary(
            "Sub", votes, OnnxWeights.Row(graph, [.. Enumerable.Range(0, classes).Select(k => (double)k / classes)]));
        var winner = graph.Unary("Cast", graph.Binary("GreaterOrEqual", ordered, Largest(ordered)), ("to", 1));
        return graph.Binary("Add", scores, graph.Binary("Mul", winner, graph.Binary("Sub", Largest(scores), scores)));

        OnnxValue Largest(OnnxValue x) => graph.Node("ReduceMax", [x], [1], ("axes", new long[] { 1 }), ("keepdims", 1));
    }
}
