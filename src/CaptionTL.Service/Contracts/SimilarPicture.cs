namespace CaptionTL.Service.Contracts;

/// <summary>A picture that a model learned from.</summary>
/// <param name="Id">Within the data set.</param>
/// <param name="Name">The file name it came with.</param>
/// <param name="Similarity">Cosine of the averaged embeddings, -1 to 1; 1 is the same.</param>
/// <param name="Captions">That the model learned; null where pictures have labels.</param>
/// <param name="Label">That the model learned; null where pictures have captions.</param>
public sealed record SimilarPicture(int Id, string Name, double Similarity, IReadOnlyList<string>? Captions, string? Label);
