namespace CaptionTL.Service.Contracts;

/// <summary>A word of a caption.</summary>
/// <param name="Text">As the model wrote it.</param>
/// <param name="Probability">Given the words before it, 0 to 1.</param>
/// <param name="Attention">Weights of the picture's cells (see <see cref="AttentionGrid"/>), row by row from the top left, together 1; on request.</param>
public sealed record WrittenWord(string Text, double Probability, IReadOnlyList<float>? Attention = null);
