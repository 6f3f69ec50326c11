namespace CaptionTL.Training;

/// <summary>Scores on the dev split, by name; higher is better in each.</summary>
/// <param name="Main">Name of the one that chooses the best epoch.</param>
/// <param name="Values">All of them.</param>
public sealed record RunScores(string Main, IReadOnlyDictionary<string, double> Values)
{
    public double this[string name] => Values[name];

    /// <summary>Of the main score.</summary>
    internal double Best => Values[Main];
}
