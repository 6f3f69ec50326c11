namespace CaptionTL.Heads.Classical;

/// <summary>The pairs' machines of several classes, trained for one C or for several in ascending order.</summary>
internal sealed class PairwiseTraining
{
    /// <summary>For a model that is kept: decisions are right to four digits.</summary>
    public const double FinalTolerance = 1e-5;

    /// <summary>LIBSVM's, for choosing C and gamma.</summary>
    public const double TrialTolerance = 1e-3;

    // Kernel rows of all pairs together.
    private const long CacheBytes = 400L << 20;

    private readonly (int First, int Second, int[] Rows, SmoSolver Solver)[] _pairs;

    /// <param name="source">Kernel values between the rows.</param>
    /// <param name="rowsByClass">Rows of each class.</param>
    /// <param name="weights">Factor of C for each class.</param>
    /// <param name="tolerance">Of the solver.</param>
    public PairwiseTraining(KernelSource source, int[][] rowsByClass, double[] weights, double tolerance)
    {
        var each = CacheBytes / OneAgainstOne.Pairs(rowsByClass.Length);
        _pairs = [.. OneAgainstOne.All(rowsByClass.Length).Select(pair =>
        {
            var (first, second) = (rowsByClass[pair.First], rowsByClass[pair.Second]);
            int[] rows = [.. first, .. second];
            sbyte[] signs = [.. first.Select(_ => (sbyte)1), .. second.Select(_ => (sbyte)-1)];
            return (pair.First, pair.Second, rows, new SmoSolver(new KernelRowCache(source, rows, each), signs, tolerance, weights[pair.First], weights[pair.Second]));
        })];
    }

    /// <param name="c">Above 0 and not below that of the last call.</param>
    /// <param name="token">Stops.</param>
    public PairSolution[] Solve(double c, CancellationToken token)
    {
        var solutions = new PairSolution[_pairs.Length];
        ParallelWork.For(_pairs.Length, p =>
        {
            var (first, second, rows, solver) = _pairs[p];
            var converged = solver.Solve(c, token);
            solutions[p] = new PairSolution(first, second, rows, [.. solver.Coefficients.Select(a => -a)], solver.Rho, converged);
            ClassicalInput.CheckFinite(solutions[p].Coefficients);
            ClassicalInput.CheckFinite([solver.Rho]);
        }, token);
        return solutions;
    }

    /// <summary>Row numbers of each class, in the rows' order.</summary>
    /// <param name="positions">Class of each row.</param>
    /// <param name="classes">Classes.</param>
    public static int[][] Group(IReadOnlyList<int> positions, int classes) =>
        [.. Enumerable.Range(0, classes).Select(k => Enumerable.Range(0, positions.Count).Where(r => positions[r] == k).ToArray())];

    /// <summary>The rows sorted by class, so that a pair's rows lie together in memory, and their new numbers by class.</summary>
    public static (FeatureMatrix Features, int[][] RowsByClass) Sort(FeatureMatrix features, int[] positions, int classes)
    {
        var groups = Group(positions, classes);
        var next = 0;
        return (features.Select([.. groups.SelectMany(g => g)]), [.. groups.Select(g => g.Select(_ => next++).ToArray())]);
    }
}
