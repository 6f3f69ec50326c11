using CaptionTL.Evaluation;
using CaptionTL.Text;

namespace CaptionTL.Training.Captions;

/// <summary>
/// What self-critical training makes larger: CIDEr-D of a caption against its picture's references, n-grams weighted by how many training
/// pictures have them. The end counts as a word, as in Luo's and Rennie et al.'s programs: without it a caption that breaks off in the
/// middle of a phrase costs nothing, and decoders learn to do so. Prepared at the first use.
/// </summary>
/// <param name="references">Captions of each training picture, split by <see cref="CaptionTokenizer"/>; a picture without any gives no reward.</param>
/// <param name="vocabulary">The decoder's.</param>
public sealed class CaptionReward(IReadOnlyList<IReadOnlyList<string[]>> references, Vocabulary vocabulary)
{
    private readonly Lazy<(CiderScorer Scorer, int[] Place)> _training = new(() => Prepare(references));

    /// <summary>CIDEr-D, 0 to 10.</summary>
    /// <param name="picture">Counted over the training pictures.</param>
    /// <param name="words">Indices into the vocabulary, without beginning and end.</param>
    /// <param name="ended">False where the caption was cut off.</param>
    public double Of(int picture, IReadOnlyList<int> words, bool ended)
    {
        var (scorer, place) = _training.Value;
        return place[picture] < 0 ? 0 : scorer.Score(place[picture], WithEnd(vocabulary.Decode(words), ended));
    }

    /// <summary>Mean reward of captions for other pictures than those of the training.</summary>
    /// <param name="captions">With the references of their pictures.</param>
    public double Mean(IReadOnlyList<EvaluatedCaption> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var scorer = new CiderScorer(
            [.. captions.Select(c => WithEnds(c.References.Select(CaptionTokenizer.Tokenize)))],
            [.. references.Where(r => r.Count > 0).Select(WithEnds)]);
        return captions.Select((c, i) => scorer.Score(i, WithEnd(CaptionTokenizer.Tokenize(c.Caption), ended: true))).Average();
    }

    private static (CiderScorer, int[]) Prepare(IReadOnlyList<IReadOnlyList<string[]>> references)
    {
        var (place, kept) = (new int[references.Count], new List<IReadOnlyList<IReadOnlyList<string>>>());
        for (var picture = 0; picture < place.Length; picture++)
        {
            place[picture] = references[picture].Count > 0 ? kept.Count : -1;
            if (references[picture].Count > 0) kept.Add(WithEnds(references[picture]));
        }
        return (new CiderScorer(kept), place);
    }

    private static IReadOnlyList<IReadOnlyList<string>> WithEnds(IEnumerable<string[]> captions) => [.. captions.Select(c => WithEnd(c, ended: true))];

    private static string[] WithEnd(string[] words, bool ended) => ended ? [.. words, Vocabulary.SpecialTokens[Vocabulary.Eos]] : words;
}
