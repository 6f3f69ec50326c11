namespace CaptionTL.Weights;

/// <summary>What <see cref="WeightStore.Verify"/> found.</summary>
/// <param name="Name">Of the weights.</param>
/// <param name="Path">The file.</param>
/// <param name="Sha256">Of the file as it is now; empty where it cannot be read.</param>
/// <param name="Problem">What is wrong; null where nothing is.</param>
public sealed record WeightCheck(string Name, string Path, string Sha256, string? Problem);
