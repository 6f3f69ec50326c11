namespace CaptionTL.Heads.Classical;

/// <summary>One division into training and validation rows; features are standardised by the training rows alone.</summary>
internal sealed class Fold
{
    private readonly Lazy<PairwiseTable> _table;

    /// <param name="features">All rows.</param>
    /// <param name="positions">Class of each row.</param>
    /// <param name="isValidation">Which rows are held out.</param>
    /// <param name="settings">Standardisation and kernel, the same for all points.</param>
    /// <param name="token">Stops.</param>
    public Fold(FeatureMatrix features, int[] positions, Func<int, bool> isValidation, ClassicalSettings settings, CancellationToken token)
    {
        // Training rows first and sorted by class, so that what is compared lies together.
        int[] training = [.. Enumerable.Range(0, features.Rows).Where(r => !isValidation(r)).OrderBy(r => positions[r])];
        int[] validation = [.. Enumerable.Range(0, features.Rows).Where(isValidation)];
        var all = features.Select([.. training, .. validation]);
        int[] trainingRows = [.. Enumerable.Range(0, training.Length)];
        if (settings.Standardize) all = FeatureStandardizer.Fit(all.Select(trainingRows)).Transform(all);
        (Features, Training, TrainingLabels) = (all, all.Select(trainingRows), [.. training.Select(r => positions[r])]);
        (Validation, ValidationLabels) = (all.Select([.. Enumerable.Range(training.Length, validation.Length)]), [.. validation.Select(r => positions[r])]);
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
