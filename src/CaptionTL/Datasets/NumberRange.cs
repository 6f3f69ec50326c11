namespace CaptionTL.Datasets;

/// <summary>Least, mean and most of a number; all 0 where there was none.</summary>
public sealed record NumberRange(double Min, double Mean, double Max)
{
    internal static NumberRange Of(IEnumerable<int> numbers)
    {
        var all = numbers.ToList();
        return all.Count == 0 ? new NumberRange(0, 0, 0) : new NumberRange(all.Min(), all.Average(), all.Max());
    }
}
