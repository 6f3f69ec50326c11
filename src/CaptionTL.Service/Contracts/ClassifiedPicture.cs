namespace CaptionTL.Service.Contracts;

/// <summary>What a picture is, or why that is not known.</summary>
/// <param name="Name">The picture's file name, where it came with one.</param>
/// <param name="Class">The most probable class; null, "unknown", below the threshold.</param>
/// <param name="Classes">The most probable first; as many as asked for.</param>
/// <param name="Problem">Why there is no answer.</param>
/// <param name="Cached">The same picture was asked about before.</param>
public sealed record ClassifiedPicture(string? Name, string? Class = null, IReadOnlyList<ClassProbability>? Classes = null, PictureProblem? Problem = null, bool Cached = false);
