namespace CaptionTL.Evaluation;

/// <summary>A model's captions of a split and their scores.</summary>
/// <param name="Scores">Of the whole split.</param>
/// <param name="DistinctShare">Distinct captions as a share of all; next to nothing when captions no longer depend on the pictures.</param>
/// <param name="Captions">In the split's order.</param>
public sealed record CaptionEvaluation(CaptionScores Scores, double DistinctShare, IReadOnlyList<EvaluatedCaption> Captions);
