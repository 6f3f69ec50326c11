using CaptionTL.Text;

namespace CaptionTL.Captions;

/// <summary>
/// BLEU-1..4, ROUGE-L and CIDEr-D of captions against their references, equal to coco-caption's
/// (Chen et al. 2015, reference implementation pycocoevalcap 1.2).
/// </summary>
public static class CaptionMetrics
{
    /// <summary>Scores of captions as text; <see cref="CaptionTokenizer"/> splits both sides.</summary>
    /// <inheritdoc cref="Compute(IReadOnlyList{ValueTuple{string, IReadOnlyList{string}, IReadOnlyList{IReadOnlyList{string}}}})"/>
    public static CaptionEvaluation Compute(IReadOnlyList<(string Id, string Candidate, IReadOnlyList<string> References)> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Compute([.. items.Select(item => (
            item.Id,
            (IReadOnlyList<string>)CaptionTokenizer.Tokenize(item.Candidate),
            (IReadOnlyList<IReadOnlyList<string>>)[.. item.References.Select(CaptionTokenizer.Tokenize)]))]);
    }

    /// <summary>Scores of captions that <see cref="CaptionTokenizer"/> has split.</summary>
    /// <param name="items">One candidate for each image. Document frequencies of CIDEr-D come from these references.</param>
    /// <exception cref="CaptionTLException">There are no items, or one has no references.</exception>
    public static CaptionEvaluation Compute(IReadOnlyList<(string Id, IReadOnlyList<string> Candidate,
        IReadOnlyList<IReadOnlyList<string>> References)> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0) throw new CaptionTLException("There are no captions to score.");
        foreach (var (id, _, references) in items)
            if (references.Count == 0)
                throw new CaptionTLException($"{id} has no reference captions to compare with. Leave it out, or add some.");

        var cider = new CiderScorer([.. items.Select(item => item.References)]);
        var (words, bleu) = (new WordNumbers(), new Bleu());
        var scores = new List<CaptionScores>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var candidate = words.Add(items[i].Candidate);
            int[][] references = [.. items[i].References.Select(words.Add)];
            var itemBleu = bleu.Add(candidate, NGram.Count(candidate), references, [.. references.Select(r => NGram.Count(r))]);
            scores.Add(new(itemBleu, RougeL.Score(candidate, references), cider.Score(i, items[i].Candidate)));
        }
        return new(new(bleu.Corpus(), scores.Average(s => s.RougeL), scores.Average(s => s.CiderD)), scores);
    }
}

/// <summary>Agreement of captions with their references, as coco-caption computes it: from 0 to 1, CIDEr-D from 0 to 10.</summary>
/// <param name="Bleu">BLEU-1 to BLEU-4.</param>
/// <param name="RougeL">ROUGE-L, F with β = 1.2.</param>
/// <param name="CiderD">CIDEr-D.</param>
public sealed record CaptionScores(IReadOnlyList<double> Bleu, double RougeL, double CiderD);

/// <summary>
/// How varied a set of generated captions is. A decoder that ignores its images writes the same few captions for all of them.
/// </summary>
/// <param name="Captions">How many there are.</param>
/// <param name="Distinct">How many different ones.</param>
/// <param name="WordsUsed">Distinct words in them.</param>
/// <param name="MostFrequent">The caption written most often, its words joined by blanks.</param>
/// <param name="MostFrequentCount">How often.</param>
public sealed record CaptionDiversity(int Captions, int Distinct, int WordsUsed, string MostFrequent, int MostFrequentCount)
{
    /// <summary>
    /// Below this share of distinct captions <see cref="IsCollapsed"/> is true: each caption then serves more than twenty images on
    /// average, which does not happen on varied photos while the decoder still uses them.
    /// </summary>
    public const double CollapseThreshold = 0.05;

    /// <summary>Fewer captions than this say nothing about collapse.</summary>
    public const int FewestForAlarm = 50;

    /// <summary>0 to 1; 0 where there are none.</summary>
    public double DistinctShare => Captions == 0 ? 0 : (double)Distinct / Captions;

    /// <summary>True where training has gone wrong: nearly all captions are the same.</summary>
    public bool IsCollapsed => Captions >= FewestForAlarm && DistinctShare < CollapseThreshold;

    /// <param name="captions">Words of every caption.</param>
    public static CaptionDiversity Of(IEnumerable<IReadOnlyList<string>> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var caption in captions)
        {
            words.UnionWith(caption);
            var text = string.Join(' ', caption);
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }
        var most = counts.Count == 0 ? new("", 0) : counts.MaxBy(c => c.Value);
        return new(counts.Values.Sum(), counts.Count, words.Count, most.Key, most.Value);
    }
}
