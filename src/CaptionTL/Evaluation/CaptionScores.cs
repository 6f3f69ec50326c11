namespace CaptionTL.Evaluation;

/// <summary>Agreement of captions with their references, as coco-caption computes it; all between 0 and 1 but CIDEr-D (0 to 10).</summary>
/// <param name="Bleu">BLEU-1 to BLEU-4.</param>
/// <param name="RougeL">ROUGE-L, F with β = 1.2.</param>
/// <param name="CiderD">CIDEr-D.</param>
public sealed record CaptionScores(IReadOnlyList<double> Bleu, double RougeL, double CiderD);
