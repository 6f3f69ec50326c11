using CaptionTL.Images;
using static TorchSharp.torch;

namespace CaptionTL.Classes;

/// <summary>
/// C, gamma or k chosen by stratified cross-validation. Every fold standardises by its own training rows; along C each fit starts from
/// the last; kernel values are computed once per fold. The result does not depend on the number of threads.
/// </summary>
public static class CrossValidation
{
    /// <summary>Tries every point of the grid on every fold.</summary>
    /// <param name="settings">Kind of model, standardisation, distance; what the grid varies is replaced.</param>
    /// <param name="features">As the backbone gives them.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="options">Folds, seed, grid; null for the defaults.</param>
    /// <param name="progress">Called after every fit with the fits done and their total, from any thread, one call at a time.</param>
    /// <param name="token">Stops soon, with an exception.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes of two images, labels that do not match the rows, or options out of
    /// range.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static CrossValidationResult Run(ClassicalSettings settings, FeatureMatrix features, IReadOnlyList<int> labels,
        CrossValidationOptions? options = null, Action<int, int>? progress = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new CrossValidationOptions();
        var (classes, positions) = ClassicalInput.Check(features, labels);
        var folds = Folds(positions, options.Folds);
        var dealt = StratifiedFolds.Deal(positions, folds, options.Seed);
        var paths = options.Grid.Paths(settings, features.Rows - Enumerable.Range(0, folds).Max(f => dealt.Count(d => d == f)));
        var accuracies = paths.Select(path => path.Select(_ => new double[folds]).ToArray()).ToArray();

        var ready = Enumerable.Range(0, folds)
            .Select(Lazy<Fold>? (f) => new(() => new Fold(features, positions, r => dealt[r] == f, settings, token))).ToArray();
        var (left, done, total) = (Enumerable.Repeat(paths.Count, folds).ToArray(), 0, folds * paths.Sum(p => p.Length));
        var reporting = new Lock();
        ParallelWork.For(folds * paths.Count, work =>
        {
            var (fold, path, point) = (work / paths.Count, work % paths.Count, 0);
            foreach (var accuracy in FoldPath.Accuracies(ready[fold]!.Value, paths[path], token))
            {
                accuracies[path][point++][fold] = accuracy;
                token.ThrowIfCancellationRequested();
                lock (reporting) progress?.Invoke(++done, total);
            }
            if (Interlocked.Decrement(ref left[fold]) == 0) ready[fold] = null; // its table can be large
        }, token);

        var points = paths.SelectMany((path, i) => path.Select((point, k) => new CrossValidationPoint(point, accuracies[i][k]))).ToList();
        return new CrossValidationResult(Best(points), points, folds);
    }

    /// <summary>At most as many as the second largest class has rows: then every fold trains on two classes at least.</summary>
    private static int Folds(int[] positions, int wanted)
    {
        if (wanted < 2) throw new CaptionTLException($"The number of folds is {wanted}; cross-validation needs at least 2.");
        var second = positions.CountBy(p => p).Select(p => p.Value).OrderDescending().ElementAt(1);
        return second >= 2 ? Math.Min(wanted, second) : throw new CaptionTLException("Cross-validation needs two classes of at least "
            + "two images. Add images, or choose C and gamma by hand.");
    }

    private static CrossValidationPoint Best(List<CrossValidationPoint> points) =>
        points.OrderByDescending(p => Math.Round(p.Accuracy, 12)).ThenBy(p => p.Settings.C).ThenBy(p => p.Settings.GammaScale)
            .ThenByDescending(p => p.Settings.Neighbours).First();
}

/// <summary>Folds and grid of cross-validation.</summary>
public sealed record CrossValidationOptions
{
    /// <summary>Number of folds, at least 2; fewer are made where the second largest class has fewer images.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Seed of the division into folds.</summary>
    public ulong Seed { get; init; }

    public ClassicalGrid Grid { get; init; } = new();
}

/// <summary>What cross-validation found.</summary>
/// <param name="Best">The point of best mean accuracy; of equal ones the simplest: smallest C, then smallest gamma, or most
/// neighbours.</param>
/// <param name="Points">All that were tried: by gamma, then by C, ascending.</param>
/// <param name="Folds">Folds that were made.</param>
public sealed record CrossValidationResult(CrossValidationPoint Best, IReadOnlyList<CrossValidationPoint> Points, int Folds);

/// <summary>One point of the grid.</summary>
/// <param name="Settings">What was trained.</param>
/// <param name="Accuracies">Share of right predictions, one for each fold.</param>
public sealed record CrossValidationPoint(ClassicalSettings Settings, IReadOnlyList<double> Accuracies)
{
    /// <summary>Mean over folds.</summary>
    public double Accuracy => Accuracies.Average();

    /// <summary>Deviation of the folds' accuracies.</summary>
    public double Deviation
    {
        get
        {
            var mean = Accuracy;
            return Math.Sqrt(Accuracies.Average(a => (a - mean) * (a - mean)));
        }
    }
}

/// <summary>One division into training and validation rows; features are standardised by the training rows alone.</summary>
internal sealed class Fold
{
    private readonly Lazy<PairwiseTable> _table;

    /// <param name="features">All rows.</param>
    /// <param name="positions">Class of each row.</param>
    /// <param name="isValidation">Whether a row is held out.</param>
    /// <param name="settings">Standardisation and kernel, the same for all points.</param>
    /// <param name="token">Stops the computation of the table soon.</param>
    public Fold(FeatureMatrix features, int[] positions, Func<int, bool> isValidation, ClassicalSettings settings, CancellationToken token)
    {
        // Training rows first and sorted by class, so that what is compared lies together.
        int[] training = [.. Enumerable.Range(0, features.Rows).Where(r => !isValidation(r)).OrderBy(r => positions[r])];
        int[] validation = [.. Enumerable.Range(0, features.Rows).Where(isValidation)];
        var all = features.Select([.. training, .. validation]);
        int[] trainingRows = [.. Enumerable.Range(0, training.Length)];
        if (settings.Standardize) all = FeatureStandardizer.Fit(all.Select(trainingRows)).Transform(all);
        (Features, Training, TrainingLabels) = (all, all.Select(trainingRows), [.. training.Select(r => positions[r])]);
        (Validation, ValidationLabels) = (all.Select([.. Enumerable.Range(training.Length, validation.Length)]),
            [.. validation.Select(r => positions[r])]);
        var kernel = settings.Kind == ClassicalKind.LinearSvm ? SvmKernel.Linear : settings.Kernel;
        _table = new Lazy<PairwiseTable>(() => new PairwiseTable(all, kernel, token));
    }

    /// <summary>Training rows, then validation rows.</summary>
    public FeatureMatrix Features { get; }

    public FeatureMatrix Training { get; }

    /// <summary>Class of each training row, ascending.</summary>
    public int[] TrainingLabels { get; }

    public FeatureMatrix Validation { get; }

    public int[] ValidationLabels { get; }

    /// <summary>Kernel values between the rows of <see cref="Features"/>.</summary>
    public KernelSource Kernel(KernelFunction function) =>
        Features.Rows <= PairwiseTable.MaxRows ? new TableKernel(_table.Value, function) : new FeatureKernel(Features, function);
}

/// <summary>
/// Rows divided into folds that have the classes in the proportions of the whole; the same seed gives the same folds everywhere.
/// </summary>
public static class StratifiedFolds
{
    /// <summary>
    /// The fold of every row, 0 to folds − 1: each class is shuffled and dealt out in turn, continuing where the last class ended.
    /// </summary>
    /// <param name="labels">Class of each row.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="CaptionTLException">Fewer than two folds.</exception>
    public static int[] Deal(IReadOnlyList<int> labels, int folds, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (folds < 2) throw new CaptionTLException($"The number of folds is {folds}; cross-validation needs at least 2.");
        var (dealt, next) = (new int[labels.Count], 0);
        var random = new SplitMix64(seed);
        foreach (var rows in Enumerable.Range(0, labels.Count).GroupBy(r => labels[r]).OrderBy(g => g.Key).Select(g => g.ToArray()))
        {
            for (var i = rows.Length - 1; i > 0; i--)
            {
                var j = random.Below(i + 1);
                (rows[i], rows[j]) = (rows[j], rows[i]);
            }
            foreach (var row in rows) dealt[row] = next++ % folds;
        }
        return dealt;
    }
}

/// <summary>Accuracy on a fold's validation rows for one point of a path after another.</summary>
internal static class FoldPath
{
    // Enough to compare accuracies; the final fit continues to LogisticRegression.Tolerance.
    private const double LogisticTolerance = 1e-4;

    public static IEnumerable<double> Accuracies(Fold fold, ClassicalSettings[] path, CancellationToken token) => path[0].Kind switch
    {
        ClassicalKind.LogisticRegression => Logistic(fold, path, token),
        ClassicalKind.LinearSvm => Svm(fold, path, new KernelFunction(SvmKernel.Linear, 1), token),
        ClassicalKind.KernelSvm =>
            Svm(fold, path, new KernelFunction(path[0].Kernel, path[0].GammaScale * KernelFunction.Scale(fold.Training)), token),
        _ => path.Select(settings => settings.Fit(fold.Training, fold.TrainingLabels, token)
            .Accuracy(fold.Validation, fold.ValidationLabels)),
    };

    private static IEnumerable<double> Logistic(Fold fold, ClassicalSettings[] path, CancellationToken token)
    {
        var (classes, positions) = ClassicalInput.Check(fold.Training, fold.TrainingLabels);
        var weights = ClassWeights.Of(path[0].ClassWeights, positions, classes.Length);
        double[]? start = null;
        foreach (var settings in path)
        {
            var model = LogisticRegression.Fit(fold.Training, classes, positions, weights, settings.C, start, LogisticTolerance, token);
            start = model.Parameters;
            yield return model.Accuracy(fold.Validation, fold.ValidationLabels);
        }
    }

    private static IEnumerable<double> Svm(Fold fold, ClassicalSettings[] path, KernelFunction function, CancellationToken token)
    {
        var kernel = fold.Kernel(function);
        var (classes, positions) = ClassicalInput.Check(fold.Training, fold.TrainingLabels);
        var training = new PairwiseTraining(kernel, PairwiseTraining.Group(positions, classes.Length),
            ClassWeights.Of(path[0].ClassWeights, positions, classes.Length), PairwiseTraining.TrialTolerance);
        int[] rows = [.. Enumerable.Range(0, positions.Length)];
        var toTraining = new double[fold.ValidationLabels.Length][]; // kernel values, the same for every C
        for (var v = 0; v < toTraining.Length; v++) kernel.Values(positions.Length + v, rows, toTraining[v] = new double[rows.Length]);
        foreach (var settings in path)
        {
            var pairs = training.Solve(settings.C, token);
            yield return Share(fold, classes, [.. toTraining.SelectMany(values => pairs.Select(pair => Decision(pair, values)))]);
        }
    }

    private static double Decision(PairSolution pair, double[] values)
    {
        var decision = pair.Intercept;
        for (var k = 0; k < pair.Rows.Length; k++) decision += pair.Coefficients[k] * values[pair.Rows[k]];
        return decision;
    }

    /// <param name="fold">Whose validation rows are predicted.</param>
    /// <param name="classes">Labels, ascending.</param>
    /// <param name="decisions">One for each validation row and pair, row-major.</param>
    private static double Share(Fold fold, int[] classes, double[] decisions)
    {
        using var scope = NewDisposeScope();
        var pairs = tensor(decisions, [fold.ValidationLabels.Length, OneAgainstOne.Pairs(classes.Length)], device: CPU);
        var scores = ClassicalPrediction.Rows(OneAgainstOne.Scores(TensorMath.Instance, pairs, classes.Length));
        return scores.Where((row, v) => classes[ClassicalPrediction.Best(row)] == fold.ValidationLabels[v]).Count()
            / (double)fold.ValidationLabels.Length;
    }
}
