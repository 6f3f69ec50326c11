namespace CaptionTL.Text;

/// <summary>How often each word occurs.</summary>
internal static class WordCounts
{
    /// <summary>The most frequent word first; equally frequent ones by ordinal comparison.</summary>
    public static List<KeyValuePair<string, int>> Of(IEnumerable<IReadOnlyList<string>> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var caption in captions)
            foreach (var word in caption)
                counts[word] = counts.GetValueOrDefault(word) + 1;
        var sorted = counts.ToList();
        sorted.Sort((a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value) : string.CompareOrdinal(a.Key, b.Key));
        return sorted;
    }
}
