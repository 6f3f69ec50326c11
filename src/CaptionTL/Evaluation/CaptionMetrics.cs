using CaptionTL.Text;

namespace CaptionTL.Evaluation;

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
    /// <param name="items">One candidate a picture. Document frequencies of CIDEr-D come from these references.</param>
    /// <exception cref="CaptionTLException">There are no items, or one has no references.</exception>
    public static CaptionEvaluation Compute(IReadOnlyList<(string Id, IReadOnlyList<string> Candidate, IReadOnlyList<IReadOnlyList<string>> References)> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0) throw new CaptionTLException("there are no captions to score");
        foreach (var (id, _, references) in items)
            if (references.Count == 0) throw new CaptionTLException($"{id} has no reference captions to compare with; leave it out or add some");

        var cider = new CiderScorer([.. items.Select(item => item.References)]);
        var (words, bleu) = (new WordNumbers(), new Bleu());
        var scores = new List<ItemScores>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var candidate = words.Add(items[i].Candidate);
            int[][] references = [.. items[i].References.Select(words.Add)];
            var itemBleu = bleu.Add(candidate, NGram.Count(candidate), references, [.. references.Select(r => NGram.Count(r))]);
            scores.Add(new(items[i].Id, new(itemBleu, RougeL.Score(candidate, references), cider.Score(i, items[i].Candidate))));
        }
        return new(new(bleu.Corpus(), scores.Average(s => s.Scores.RougeL), scores.Average(s => s.Scores.CiderD)), scores);
    }
}
