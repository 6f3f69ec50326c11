namespace CaptionTL.Datasets;

/// <summary>A class and its pictures.</summary>
/// <param name="Name">The label.</param>
/// <param name="Pictures">In all.</param>
/// <param name="Splits">In each official split, by its name in lower case; "none" for those in none.</param>
public sealed record ClassCount(string Name, int Pictures, IReadOnlyDictionary<string, int> Splits);
