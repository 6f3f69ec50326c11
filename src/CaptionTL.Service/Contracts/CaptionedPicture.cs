namespace CaptionTL.Service.Contracts;

/// <summary>What was said of one picture, or why nothing.</summary>
/// <param name="Name">The picture's file name, where it came with one.</param>
/// <param name="Caption">The best caption as a sentence.</param>
/// <param name="Confidence">Geometric mean of the probabilities of its words, 0 to 1.</param>
/// <param name="Captions">Best first; as many as asked for.</param>
/// <param name="Attention">How the words' attention lies over the picture; on request.</param>
/// <param name="Problem">Why there is no caption.</param>
/// <param name="Cached">The same picture was asked about before with the same options.</param>
public sealed record CaptionedPicture(
    string? Name, string? Caption = null, double? Confidence = null, IReadOnlyList<WrittenCaption>? Captions = null, AttentionGrid? Attention = null, PictureProblem? Problem = null, bool Cached = false);
