namespace CaptionTL.Evaluation;

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
    public double[] Add(int[] candidate, Dictionary<NGram, int> candidateCounts, IReadOnlyList<int[]> references, IReadOnlyList<Dictionary<NGram, int>> referenceCounts)
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

        for (var n = 0; n < matches.Length; n++) (_matches[n], _candidates[n]) = (_matches[n] + matches[n], _candidates[n] + candidates[n]);
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
