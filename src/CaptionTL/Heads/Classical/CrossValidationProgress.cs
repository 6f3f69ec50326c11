namespace CaptionTL.Heads.Classical;

/// <summary>How far cross-validation is.</summary>
/// <param name="Done">Fits done.</param>
/// <param name="Total">Fits in all: points × folds.</param>
public sealed record CrossValidationProgress(int Done, int Total);
