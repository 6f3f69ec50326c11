using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>What to change of several pictures at once; null leaves it as it is.</summary>
/// <param name="Ids">Of the pictures.</param>
/// <param name="Label">Their class; "" takes it away.</param>
/// <param name="Split">"train", "dev" or "test".</param>
public sealed record DataSetPicturesChange(IReadOnlyList<int> Ids, string? Label = null, Split? Split = null);
