namespace CaptionTL.Evaluation;

/// <summary>One to four words in a row, each as a positive number; absent ones are 0.</summary>
internal readonly record struct NGram(ulong Front, ulong Back)
{
    public const int MaxLength = 4;

    public int Length => Back >> 32 != 0 ? 4 : Back != 0 ? 3 : Front >> 32 != 0 ? 2 : 1;

    /// <summary>How often every n-gram of up to four words occurs in a caption of word numbers.</summary>
    public static Dictionary<NGram, int> Count(ReadOnlySpan<int> words)
    {
        var counts = new Dictionary<NGram, int>(4 * words.Length);
        for (var start = 0; start < words.Length; start++)
        {
            var (front, back) = (0UL, 0UL);
            for (var i = 0; i < MaxLength && start + i < words.Length; i++)
            {
                var word = (ulong)words[start + i] << (i % 2 * 32);
                if (i < 2) front |= word; else back |= word;
                var ngram = new NGram(front, back);
                counts[ngram] = counts.GetValueOrDefault(ngram) + 1;
            }
        }
        return counts;
    }
}
