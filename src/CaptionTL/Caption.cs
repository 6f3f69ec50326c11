namespace CaptionTL;

/// <summary>One caption.</summary>
/// <param name="Text">As a sentence.</param>
/// <param name="Words">Word by word, as the model wrote them.</param>
/// <param name="WordProbabilities">Of each word, given those before it.</param>
/// <param name="LogProbability">Natural logarithm of the whole caption's probability, the end included.</param>
/// <param name="Score">What captions are ranked by.</param>
/// <param name="Attention">For every word the weights of the grid's cells, row by row; null where not asked for.</param>
public sealed record Caption(
    string Text, IReadOnlyList<string> Words, IReadOnlyList<double> WordProbabilities, double LogProbability, double Score, IReadOnlyList<float[]>? Attention)
{
    /// <summary>Geometric mean of the words' probabilities, the end included: 0 to 1.</summary>
    public double Confidence => Math.Exp(LogProbability / (Words.Count + 1));
}
