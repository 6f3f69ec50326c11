using CaptionTL.Training.Plans;

namespace CaptionTL.Classes;

/// <summary>
/// Support vector machine with a kernel (C-SVC), one machine for every pair of classes; the class with most votes wins. As LIBSVM
/// (Chang and Lin, ACM TIST 2, 2011) and scikit-learn's SVC.
/// </summary>
public sealed class KernelSvm : IClassicalModel
{
    private readonly int[] _classes;
    private readonly double[] _norms;

    internal KernelSvm(int[] classes, SvmKernel kernel, double gamma, FeatureMatrix supportVectors, int[] supportCounts,
        double[] coefficients, double[] intercepts, bool converged) =>
        (_classes, Kernel, Gamma, SupportVectors, SupportCounts, Coefficients, Intercepts, Converged, _norms) =
            (classes, kernel, gamma, supportVectors, supportCounts, coefficients, intercepts, converged,
                KernelFunction.Norms(supportVectors));

    public int Features => SupportVectors.Columns;

    public IReadOnlyList<int> Classes => _classes;

    public SvmKernel Kernel { get; }

    /// <summary>Width of the RBF kernel.</summary>
    public double Gamma { get; }

    /// <summary>Training rows that decisions are computed from, sorted by class.</summary>
    public FeatureMatrix SupportVectors { get; }

    /// <summary>False where the solver reached its limit of steps for a pair; the model is usable all the same.</summary>
    public bool Converged { get; }

    /// <summary>Support vectors of each class.</summary>
    internal int[] SupportCounts { get; }

    /// <summary>(classes − 1, support vectors) as LIBSVM keeps them: row i is for the i-th other class.</summary>
    internal double[] Coefficients { get; }

    /// <summary>One for each pair.</summary>
    internal double[] Intercepts { get; }

    /// <summary>Fits to all rows.</summary>
    /// <param name="features">Best standardised.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="kernel">RBF or linear.</param>
    /// <param name="c">Weight of the errors, above 0.</param>
    /// <param name="gamma">Width of the RBF kernel, above 0; null for 1 / (columns · variance of all numbers), scikit-learn's
    /// "scale".</param>
    /// <param name="weighting">Whether the errors of rare classes count more; multiplies C class by class.</param>
    /// <param name="token">Stops training soon.</param>
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

    /// <summary>Two classes: the signed margin of each. More: votes of the pairs, their sum of margins as a fraction.</summary>
    T IClassicalModel.Decide<T>(IDecisionMath<T> math, T features)
    {
        var values = math.Products(features, SupportVectors);
        if (Kernel == SvmKernel.Rbf)
        {
            var distances = math.SquaredDistances(features, values, _norms);
            values = math.Unary("Exp", math.Binary("Mul", distances, math.Number(-Gamma)));
        }
        // What the support vectors of each class add to its decisions against the other classes, (n, classes · others).
        var others = _classes.Length - 1;
        var parts = math.Concat(Enumerable.Range(0, _classes.Length).Select(k => OfClass(k)));
        var pairs = OneAgainstOne.All(_classes.Length).ToList();
        var ofFirst = math.Columns(parts, pairs.Select(p => p.First * others + p.Second - 1));
        var ofSecond = math.Columns(parts, pairs.Select(p => p.Second * others + p.First));
        var decisions = math.Binary("Add", math.Binary("Add", ofFirst, ofSecond), math.Row(Intercepts));
        return OneAgainstOne.Scores(math, decisions, _classes.Length);

        T OfClass(int k)
        {
            var (start, count) = (SupportCounts.Take(k).Sum(), SupportCounts[k]);
            if (count == 0) return math.Linear(values, new double[others * SupportVectors.Rows], null, others);
            var weights = Enumerable.Range(0, others).SelectMany(o => Coefficients.Skip(o * SupportVectors.Rows + start).Take(count));
            return math.Linear(math.Columns(values, Enumerable.Range(start, count)), [.. weights], null, others);
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
    /// Scores (n, classes) from the pairs' decisions (n, pairs), above 0 for the second class of a pair. Two classes: the opposite of the
    /// decision, and the decision. More: votes, as in LIBSVM, plus less than 1/3 for the sum of a class's decisions, as in scikit-learn's
    /// one-vs-rest shape. A tie of votes goes to the class that comes first, as in LIBSVM: its score is raised to the largest.
    /// </summary>
    public static T Scores<T>(IDecisionMath<T> math, T decisions, int classes)
    {
        if (classes == 2) return math.Linear(decisions, [-1, 1], null, 2);
        var pairs = Pairs(classes);
        // Rows of classes: 1 for the pair's first, −1 for its second, and the other way round.
        var (firstLessSecond, secondLessFirst) = (new double[classes * pairs], new double[classes * pairs]);
        foreach (var (p, (first, second)) in All(classes).Index())
        {
            (firstLessSecond[first * pairs + p], firstLessSecond[second * pairs + p]) = (1, -1);
            (secondLessFirst[first * pairs + p], secondLessFirst[second * pairs + p]) = (-1, 1);
        }
        // Class k is the second of k pairs, which have its vote unless they are for the first.
        var forFirst = math.Binary("Less", decisions, math.Number(0));
        var votes = math.Linear(forFirst, firstLessSecond, [.. Enumerable.Range(0, classes).Select(k => (double)k)], classes);
        var sums = math.Linear(decisions, secondLessFirst, null, classes);
        var room = math.Binary("Mul", math.Binary("Add", math.Unary("Abs", sums), math.Number(1)), math.Number(3));
        var scores = math.Binary("Add", votes, math.Binary("Div", sums, room));
        // What makes the first of the largest the only largest is less than a vote.
        var ordered = math.Binary("Sub", votes, math.Row([.. Enumerable.Range(0, classes).Select(k => (double)k / classes)]));
        var winner = math.Binary("GreaterOrEqual", ordered, math.Largest(ordered));
        return math.Binary("Add", math.Binary("Mul", winner, math.Largest(scores)),
            math.Binary("Mul", math.Binary("Sub", math.Number(1), winner), scores));
    }
}
