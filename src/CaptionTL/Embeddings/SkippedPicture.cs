namespace CaptionTL.Embeddings;

/// <summary>A picture that has no embedding, and why.</summary>
public sealed record SkippedPicture(string Id, string Reason);
