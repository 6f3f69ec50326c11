namespace CaptionTL.Text;

/// <summary>How much of a set of captions a vocabulary can say.</summary>
/// <param name="Words">Distinct words of the captions.</param>
/// <param name="UnknownWords">Those of them that are not in the vocabulary.</param>
/// <param name="Tokens">Words of the captions, repetitions counted.</param>
/// <param name="UnknownTokens">Those of them that are not in the vocabulary.</param>
/// <param name="MostFrequentUnknown">Unknown words with their counts, the most frequent first.</param>
public sealed record VocabularyReport(
    int Words, int UnknownWords, long Tokens, long UnknownTokens, IReadOnlyList<KeyValuePair<string, int>> MostFrequentUnknown)
{
    /// <summary>Share of the distinct words that are in the vocabulary, 0 to 1; 1 where there are no words.</summary>
    public double Coverage => Words == 0 ? 1 : 1 - (double)UnknownWords / Words;

    /// <summary>Share of the running words that a decoder would see as &lt;unk&gt;, 0 to 1.</summary>
    public double UnknownShare => Tokens == 0 ? 0 : (double)UnknownTokens / Tokens;

    /// <param name="vocabulary">What is known.</param>
    /// <param name="captions">Captions split by <see cref="CaptionTokenizer"/>.</param>
    /// <param name="top">How many unknown words are named.</param>
    public static VocabularyReport Of(Vocabulary vocabulary, IEnumerable<IReadOnlyList<string>> captions, int top = 20)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        var counts = WordCounts.Of(captions);
        var unknown = counts.Where(word => !vocabulary.Contains(word.Key)).ToList();
        return new(counts.Count, unknown.Count, counts.Sum(word => (long)word.Value), unknown.Sum(word => (long)word.Value), [.. unknown.Take(top)]);
    }
}
