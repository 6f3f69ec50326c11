namespace CaptionTL.Classes;

/// <summary>Trains one machine for each pair of classes, for one C or for several in ascending order.</summary>
internal sealed class PairwiseTraining
{
    /// <summary>For the final model: decisions are right to four digits.</summary>
    public const double FinalTolerance = 1e-5;

    /// <summary>LIBSVM's default, for choosing C and gamma.</summary>
    public const double TrialTolerance = 1e-3;

    // Kernel rows of all pairs together.
    private const long CacheBytes = 400L << 20;

    private readonly (int First, int Second, int[] Rows, SmoSolver Solver)[] _pairs;

    /// <param name="source">Kernel values between the rows.</param>
    /// <param name="rowsByClass">Rows of each class.</param>
    /// <param name="weights">Factor of C for each class.</param>
    /// <param name="tolerance">The solver's.</param>
    public PairwiseTraining(KernelSource source, int[][] rowsByClass, double[] weights, double tolerance)
    {
        var each = CacheBytes / OneAgainstOne.Pairs(rowsByClass.Length);
        _pairs = [.. OneAgainstOne.All(rowsByClass.Length).Select(pair =>
        {
            var (first, second) = (rowsByClass[pair.First], rowsByClass[pair.Second]);
            int[] rows = [.. first, .. second];
            sbyte[] signs = [.. first.Select(_ => (sbyte)1), .. second.Select(_ => (sbyte)-1)];
            return (pair.First, pair.Second, rows, new SmoSolver(new KernelRowCache(source, rows, each), signs, tolerance,
                weights[pair.First], weights[pair.Second]));
        })];
    }

    /// <param name="c">Above 0 and not below that of the last call.</param>
    /// <param name="token">Stops training soon.</param>
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
    /// <param name="classes">Number of classes.</param>
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

/// <summary>x·y (linear) or |x − y|² (RBF) of every two rows, computed once for all values of C and gamma that are tried.</summary>
internal sealed class PairwiseTable
{
    /// <summary>Most rows that a table is made for: half a gigabyte.</summary>
    public const int MaxRows = 11_500;

    private const int Block = 16; // rows that stay in the second-level cache

    private readonly float[][] _values; // lower triangle with the diagonal

    public PairwiseTable(FeatureMatrix features, SvmKernel kernel, CancellationToken token)
    {
        var (n, columns, norms) = (features.Rows, features.Columns, KernelFunction.Norms(features));
        _values = [.. Enumerable.Range(0, n).Select(i => new float[i + 1])];
        for (var first = 0; first < n; first += Block)
        {
            token.ThrowIfCancellationRequested();
            var end = Math.Min(n, first + Block);
            for (var j = 0; j < end; j += 4)
            for (var i = Math.Max(first, j); i < end; i++)
            {
                if (j + 3 <= i)
                {
                    var (a, b, c, d) = VectorMath.Dot4(features[i], features.Values.Slice(j * columns, 4 * columns));
                    Set(i, j, a);
                    Set(i, j + 1, b);
                    Set(i, j + 2, c);
                    Set(i, j + 3, d);
                }
                else
                    for (var k = j; k <= i; k++) Set(i, k, VectorMath.Dot(features[i], features[k]));
            }
        }

        void Set(int i, int j, double product) => _values[i][j] = (float)KernelFunction.Base(kernel, product, norms[i], norms[j]);
    }

    public double this[int i, int j] => i >= j ? _values[i][j] : _values[j][i];
}

/// <summary>The machine of one pair of classes: Σ coefficient·kernel(row) + intercept is above 0 for the second class.</summary>
/// <param name="First">Position of the first class.</param>
/// <param name="Second">Position of the second class.</param>
/// <param name="Rows">The pair's rows in the training matrix.</param>
/// <param name="Coefficients">One for each row; 0 where it is not a support vector.</param>
/// <param name="Intercept">Added to the sum.</param>
/// <param name="Converged">False where the solver reached its limit of steps.</param>
internal sealed record PairSolution(int First, int Second, int[] Rows, double[] Coefficients, double Intercept, bool Converged);
