namespace CaptionTL;

/// <summary>What a picture is, as far as a classifier can tell.</summary>
public sealed class Classification
{
    /// <param name="classes">Names.</param>
    /// <param name="probabilities">One a class; together 1.</param>
    public Classification(IReadOnlyList<string> classes, IReadOnlyList<double> probabilities) =>
        Ranked = [.. classes.Zip(probabilities, (name, p) => new ClassProbability(name, p)).OrderByDescending(c => c.Probability)];

    /// <summary>All classes, the most probable first.</summary>
    public IReadOnlyList<ClassProbability> Ranked { get; }

    public ClassProbability Best => Ranked[0];

    /// <summary>The most probable class, or null ("unknown") where its probability is below the threshold.</summary>
    /// <param name="threshold">0 to 1.</param>
    public string? Answer(double threshold) => Best.Probability >= threshold ? Best.Name : null;
}
