namespace CaptionTL.Evaluation;

/// <summary>Scores of a set of captions.</summary>
/// <param name="Corpus">BLEU over summed counts; ROUGE-L and CIDEr-D as means over the items.</param>
/// <param name="Items">The same order as the captions given.</param>
public sealed record CaptionEvaluation(CaptionScores Corpus, IReadOnlyList<ItemScores> Items);
