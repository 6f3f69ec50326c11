namespace CaptionTL.Captions;

/// <summary>
/// BLEU-1 to BLEU-4 (Papineni et al. 2002) as coco-caption computes them: clipped n-gram precisions, brevity penalty with the closest
/// reference length (the shorter of two equally close), and two tiny constants that keep a product with a zero in it defined.
/// </summary>
internal sealed class Bleu
{
    // coco-caption's constants: added to matches, and to everything that is divided by.
    private const double Tiny = 1e-15;
    private const double Small = 1e-9;

    private readonly long[] _matches = new long[NGram.MaxLength];
    private readonly long[] _candidates = new long[NGram.MaxLength];
    private long _length;
    private long _referenceLength;

    /// <summary>Takes a caption into the corpus and returns its own scores.</summary>
    public double[] Add(int[] candidate, Dictionary<NGram, int> candidateCounts, IReadOnlyList<int[]> references,
        IReadOnlyList<Dictionary<NGram, int>> referenceCounts)
    {
        var matches = new long[NGram.MaxLength];
        foreach (var (ngram, count) in candidateCounts)
        {
            var most = 0;
            foreach (var counts in referenceCounts) most = Math.Max(most, counts.GetValueOrDefault(ngram));
            matches[ngram.Length - 1] += Math.Min(count, most);
        }
        var candidates = new long[NGram.MaxLength];
        for (var n = 0; n < candidates.Length; n++) candidates[n] = Math.Max(0, candidate.Length - n);
        var closest = references.Select(r => r.Length).MinBy(length => (Math.Abs(length - candidate.Length), length));

        for (var n = 0; n < matches.Length; n++)
            (_matches[n], _candidates[n]) = (_matches[n] + matches[n], _candidates[n] + candidates[n]);
        (_length, _referenceLength) = (_length + candidate.Length, _referenceLength + closest);
        return Score(matches, candidates, candidate.Length, closest);
    }

    /// <summary>Scores of everything added: sums over captions first, then precisions.</summary>
    public double[] Corpus() => Score(_matches, _candidates, _length, _referenceLength);

    private static double[] Score(long[] matches, long[] candidates, long length, long referenceLength)
    {
        var ratio = (length + Tiny) / (referenceLength + Small);
        var penalty = ratio < 1 ? Math.Exp(1 - 1 / ratio) : 1;
        var (scores, product) = (new double[matches.Length], 1.0);
        for (var n = 0; n < scores.Length; n++)
        {
            product *= (matches[n] + Tiny) / (candidates[n] + Small);
            scores[n] = Math.Pow(product, 1.0 / (n + 1)) * penalty;
        }
        return scores;
    }
}

/// <summary>
/// ROUGE-L (Lin 2004) as coco-caption computes it: the longest common subsequence with each reference, the best precision and the best
/// recall over the references (not necessarily of the same one), F with β = 1.2.
/// </summary>
internal static class RougeL
{
    private const double Beta2 = 1.2 * 1.2;

    public static double Score(int[] candidate, IReadOnlyList<int[]> references)
    {
        var (precision, recall) = (0.0, 0.0);
        foreach (var reference in references)
        {
            double common = LongestCommonSubsequence(candidate, reference);
            precision = Math.Max(precision, common / Math.Max(1, candidate.Length));
            recall = Math.Max(recall, common / Math.Max(1, reference.Length));
        }
        return precision == 0 || recall == 0 ? 0 : (1 + Beta2) * precision * recall / (recall + Beta2 * precision);
    }

    private static int LongestCommonSubsequence(int[] a, int[] b)
    {
        var row = new int[b.Length + 1];
        foreach (var word in a)
        {
            var diagonal = 0; // of the row before
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = word == b[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[^1];
    }
}

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

/// <summary>Numbers words from 1 on, so that captions can be compared as numbers.</summary>
internal sealed class WordNumbers
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Numbers of the words; new words get the next ones.</summary>
    public int[] Add(IReadOnlyList<string> words)
    {
        var numbers = new int[words.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!_numbers.TryGetValue(words[i], out numbers[i]))
                _numbers.Add(words[i], numbers[i] = _numbers.Count + 1);
        }
        return numbers;
    }

    /// <summary>The same without taking new words in: they get numbers that differ from all others within this caption only.</summary>
    public int[] Find(IReadOnlyList<string> words)
    {
        var numbers = new int[words.Count];
        Dictionary<string, int>? unknown = null;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (_numbers.TryGetValue(words[i], out numbers[i])) continue;
            unknown ??= new(StringComparer.Ordinal);
            if (!unknown.TryGetValue(words[i], out numbers[i]))
                unknown.Add(words[i], numbers[i] = _numbers.Count + unknown.Count + 1);
        }
        return numbers;
    }
}
