namespace CaptionTL.Evaluation;

/// <summary>One picture's scores.</summary>
public sealed record ItemScores(string Id, CaptionScores Scores);
