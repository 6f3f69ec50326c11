using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>What to change of a picture; null leaves it as it is.</summary>
/// <param name="Captions">All of them; empty takes them away.</param>
/// <param name="Label">Its class; "" takes it away.</param>
/// <param name="Split">"train", "dev" or "test".</param>
public sealed record DataSetPictureChange(IReadOnlyList<string>? Captions = null, string? Label = null, Split? Split = null);
