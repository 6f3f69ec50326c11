namespace CaptionTL.Evaluation;

/// <summary>A model's captions of a split and their scores.</summary>
/// <param name="Scores">Of the whole split.</param>
/// <param name="Diversity">How many of the captions are distinct; next to none when they no longer depend on the pictures.</param>
/// <param name="Captions">In the split's order.</param>
public sealed record CaptionedSplit(CaptionScores Scores, CaptionDiversity Diversity, IReadOnlyList<EvaluatedCaption> Captions);
