namespace CaptionTL.Datasets;

/// <summary>Least, mean and most of a number; all 0 where there was none.</summary>
public sealed record NumberRange(double Min, double Mean, double Max);
