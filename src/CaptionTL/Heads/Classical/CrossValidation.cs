namespace CaptionTL.Heads.Classical;

/// <summary>
/// C, gamma or k chosen by stratified cross-validation. Every fold standardises by its own training rows; along C each fit starts from
/// the last; distances are computed once a fold. The result depends on the data, the options and the seed, not on the number of threads.
/// </summary>
public static class CrossValidation
{
    /// <summary>Tries every point of the grid on every fold.</summary>
    /// <param name="settings">Kind of model, standardisation, distance; what the grid varies is replaced.</param>
    /// <param name="features">As the backbone gives them.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="options">Folds, seed, grid; null for the defaults.</param>
    /// <param name="progress">Told after every fit, from any thread, one report at a time.</param>
    /// <param name="token">Stops soon.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes of two pictures, labels that do not match the rows, or options out of range.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static CrossValidationResult Run(ClassicalSettings settings, FeatureMatrix features, IReadOnlyList<int> labels,
        CrossValidationOptions? options = null, IProgress<CrossValidationProgress>? progress = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new CrossValidationOptions();
        var (classes, positions) = ClassicalInput.Check(features, labels);
        var folds = Folds(positions, options.Folds);
        var dealt = StratifiedFolds.Deal(positions, folds, options.Seed);
        var paths = options.Grid.Paths(settings, features.Rows - Enumerable.Range(0, folds).Max(f => dealt.Count(d => d == f)));
        var accuracies = paths.Select(path => path.Select(_ => new double[folds]).ToArray()).ToArray();

        var ready = Enumerable.Range(0, folds).Select(Lazy<Fold>? (f) => new(() => new Fold(features, positions, r => dealt[r] == f, settings, token))).ToArray();
        var (left, done, total) = (Enumerable.Repeat(paths.Count, folds).ToArray(), 0, folds * paths.Sum(p => p.Length));
        var reporting = new Lock();
        ParallelWork.For(folds * paths.Count, work =>
        {
            var (fold, path, point) = (work / paths.Count, work % paths.Count, 0);
            foreach (var accuracy in FoldPath.Accuracies(ready[fold]!.Value, paths[path], token))
            {
                accuracies[path][point++][fold] = accuracy;
                token.ThrowIfCancellationRequested();
                lock (reporting) progress?.Report(new CrossValidationProgress(++done, total));
            }
            if (Interlocked.Decrement(ref left[fold]) == 0) ready[fold] = null; // its table can be large
        }, token);

        var points = paths.SelectMany((path, i) => path.Select((point, k) => new CrossValidationPoint(point, accuracies[i][k]))).ToList();
        return new CrossValidationResult(Best(points), points, folds);
    }

    /// <summary>At most as many as the second largest class has rows: then every fold trains on two classes at least.</summary>
    private static int Folds(int[] positions, int wanted)
    {
        if (wanted < 2) throw new CaptionTLException($"{wanted} folds were asked for: cross-validation needs at least 2");
        var second = positions.CountBy(p => p).Select(p => p.Value).OrderDescending().ElementAt(1);
        return second >= 2 ? Math.Min(wanted, second) : throw new CaptionTLException("cross-validation needs two classes of at least two pictures: add pictures, or choose C and gamma by hand");
    }

    private static CrossValidationPoint Best(List<CrossValidationPoint> points) =>
        points.OrderByDescending(p => Math.Round(p.Accuracy, 12)).ThenBy(p => p.Settings.C).ThenBy(p => p.Settings.GammaScale).ThenByDescending(p => p.Settings.Neighbours).First();
}
