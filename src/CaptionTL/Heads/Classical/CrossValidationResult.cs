namespace CaptionTL.Heads.Classical;

/// <summary>What cross-validation found.</summary>
/// <param name="Best">The point of best mean accuracy; of equal ones the simplest: smallest C, then smallest gamma, or most neighbours.</param>
/// <param name="Points">All that were tried: by gamma, then by C, ascending.</param>
/// <param name="Folds">Parts that were made.</param>
public sealed record CrossValidationResult(CrossValidationPoint Best, IReadOnlyList<CrossValidationPoint> Points, int Folds);
