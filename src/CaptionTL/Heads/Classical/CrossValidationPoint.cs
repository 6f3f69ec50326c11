namespace CaptionTL.Heads.Classical;

/// <summary>One point of the grid.</summary>
/// <param name="Settings">What was trained.</param>
/// <param name="Accuracies">Share of right answers, one a fold.</param>
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
