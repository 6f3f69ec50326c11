namespace CaptionTL.Heads.Classical;

/// <summary>The values that cross-validation tries; what the kind of model does not use is left out.</summary>
public sealed record ClassicalGrid
{
    /// <summary>2^−5 to 2^7, by factors of 2.</summary>
    public IReadOnlyList<double> C { get; init; } = [.. Enumerable.Range(-5, 13).Select(e => Math.ScaleB(1, e))];

    /// <summary>Multiples of 1 / (features · variance): 2^−4 to 2^3, by factors of 2.</summary>
    public IReadOnlyList<double> GammaScale { get; init; } = [.. Enumerable.Range(-4, 8).Select(e => Math.ScaleB(1, e))];

    /// <summary>k: 1, 3, 5, 9, 15, 25; those that a fold has too few pictures for are left out.</summary>
    public IReadOnlyList<int> Neighbours { get; init; } = [1, 3, 5, 9, 15, 25];

    /// <summary>Every point, in paths: along a path C ascends and all else is the same, so that one fit starts from the last.</summary>
    /// <param name="settings">Kind, and what is not varied.</param>
    /// <param name="rows">Pictures that every fold has at least.</param>
    /// <exception cref="CaptionTLException">A value out of range, or none to try.</exception>
    internal IReadOnlyList<ClassicalSettings[]> Paths(ClassicalSettings settings, int rows)
    {
        ClassicalSettings[] Along(ClassicalSettings at) => [.. Positive(C, "C").Select(c => at with { C = c })];
        return settings.Kind switch
        {
            ClassicalKind.LogisticRegression or ClassicalKind.LinearSvm => [Along(settings)],
            ClassicalKind.KernelSvm when settings.Kernel == SvmKernel.Linear => [Along(settings)],
            ClassicalKind.KernelSvm => [.. Positive(GammaScale, "the scale of gamma").Select(g => Along(settings with { GammaScale = g }))],
            ClassicalKind.NearestNeighbours => [Counts(rows).Select(k => settings with { Neighbours = k }).ToArray()],
            _ => [[settings]],
        };
    }

    private int[] Counts(int rows)
    {
        int[] counts = [.. Neighbours.Distinct().Where(k => k <= rows).Order()];
        return counts is [>= 1, ..] ? counts : throw new CaptionTLException($"there is no number of neighbours to try: at least one from 1 to {rows} is needed");
    }

    private static double[] Positive(IReadOnlyList<double> values, string name)
    {
        foreach (var value in values) ClassicalInput.CheckPositive(value, name);
        return values.Count > 0 ? [.. values.Distinct().Order()] : throw new CaptionTLException($"there is no value of {name} to try");
    }
}
