namespace CaptionTL.Text;

/// <summary>Where people end their captions, and where they do not.</summary>
public static class CaptionEndings
{
    /// <summary>Of a word that occurs less often nothing is said.</summary>
    public const int Occurrences = 50;

    /// <summary>Captions end with at most this share of a word's occurrences.</summary>
    public const double Share = 0.005;

    /// <summary>
    /// Words that stand within captions and hardly ever at their end, by ordinal comparison: articles, prepositions, most adjectives. A caption
    /// that stops there ("… in front of a large") has not come to its end.
    /// </summary>
    /// <param name="captions">Split by <see cref="CaptionTokenizer"/>.</param>
    public static IReadOnlyList<string> InnerWords(IReadOnlyCollection<IReadOnlyList<string>> captions)
    {
        var last = WordCounts.Of(captions.Where(c => c.Count > 0).Select(c => c.TakeLast(1).ToArray())).ToDictionary(StringComparer.Ordinal);
        return [.. WordCounts.Of(captions).Where(w => w.Value >= Occurrences && last.GetValueOrDefault(w.Key) <= Share * w.Value).Select(w => w.Key).Order(StringComparer.Ordinal)];
    }
}
