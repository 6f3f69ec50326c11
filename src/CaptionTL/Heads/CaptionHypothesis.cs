namespace CaptionTL.Heads;

/// <summary>A caption that decoding came up with.</summary>
/// <param name="Words">Indices into the vocabulary, without beginning and end.</param>
/// <param name="WordLogProbabilities">Natural logarithms, one a word and one for the end (absent where the maximum length cut the caption).</param>
/// <param name="Score">What hypotheses are ranked by: log P / length^a.</param>
/// <param name="Attention">For every word the weights of the grid's cells; null without attention or when not asked for.</param>
public sealed record CaptionHypothesis(
    IReadOnlyList<int> Words, IReadOnlyList<float> WordLogProbabilities, double Score, IReadOnlyList<float[]>? Attention)
{
    /// <summary>Natural logarithm of the caption's probability.</summary>
    public double LogProbability => WordLogProbabilities.Sum(p => (double)p);
}
