namespace CaptionTL.Heads.Classical;

/// <summary>Accuracy on a fold's validation rows for one point of a path after another.</summary>
internal static class FoldPath
{
    // Enough for the answers; the final fit goes on to LogisticRegression.Tolerance.
    private const double LogisticTolerance = 1e-4;

    public static IEnumerable<double> Accuracies(Fold fold, ClassicalSettings[] path, CancellationToken token) => path[0].Kind switch
    {
        ClassicalKind.LogisticRegression => Logistic(fold, path, token),
        ClassicalKind.LinearSvm => Svm(fold, path, new KernelFunction(SvmKernel.Linear, 1), token),
        ClassicalKind.KernelSvm => Svm(fold, path, new KernelFunction(path[0].Kernel, path[0].GammaScale * KernelFunction.Scale(fold.Training)), token),
        ClassicalKind.NearestNeighbours => Neighbours(fold, path),
        _ => path.Select(settings => settings.Fit(fold.Training, fold.TrainingLabels, token).Accuracy(fold.Validation, fold.ValidationLabels)),
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

    private static IEnumerable<double> Neighbours(Fold fold, ClassicalSettings[] path)
    {
        var model = NearestNeighbours.Fit(fold.Training, fold.TrainingLabels, 1, path[0].Distance);
        return model.Decide(fold.Validation, [.. path.Select(s => s.Neighbours)]).Select(scores => Share(fold, [.. model.Classes], scores));
    }

    private static IEnumerable<double> Svm(Fold fold, ClassicalSettings[] path, KernelFunction function, CancellationToken token)
    {
        var kernel = fold.Kernel(function);
        var (classes, positions) = ClassicalInput.Check(fold.Training, fold.TrainingLabels);
        var training = new PairwiseTraining(kernel, PairwiseTraining.Group(positions, classes.Length), ClassWeights.Of(path[0].ClassWeights, positions, classes.Length), PairwiseTraining.TrialTolerance);
        int[] rows = [.. Enumerable.Range(0, positions.Length)];
        var toTraining = new double[fold.ValidationLabels.Length][]; // kernel values, the same for every C
        for (var v = 0; v < toTraining.Length; v++) kernel.Values(positions.Length + v, rows, toTraining[v] = new double[rows.Length]);
        foreach (var settings in path)
        {
            var pairs = training.Solve(settings.C, token);
            yield return Share(fold, classes, [.. toTraining.Select(values => OneAgainstOne.Scores([.. pairs.Select(pair => Decision(pair, values))], classes.Length))]);
        }
    }

    private static double Decision(PairSolution pair, double[] values)
    {
        var decision = pair.Intercept;
        for (var k = 0; k < pair.Rows.Length; k++) decision += pair.Coefficients[k] * values[pair.Rows[k]];
        return decision;
    }

    private static double Share(Fold fold, int[] classes, double[][] scores) =>
        scores.Where((row, v) => classes[ClassicalPrediction.Best(row)] == fold.ValidationLabels[v]).Count() / (double)scores.Length;
}
