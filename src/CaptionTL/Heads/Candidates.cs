namespace CaptionTL.Heads;

/// <summary>The likeliest continuations of a batch at one step, as they come from the network.</summary>
/// <param name="Totals">Log probabilities of the captions so far, (pictures, <paramref name="Width"/>), descending.</param>
/// <param name="Indices">beam · vocabulary + word, same shape.</param>
/// <param name="Width">Candidates a picture.</param>
/// <param name="Vocabulary">Words.</param>
/// <param name="Attention">(pictures · beams, <paramref name="Cells"/>), or null.</param>
/// <param name="Cells">Cells of the grid.</param>
internal sealed record Candidates(float[] Totals, long[] Indices, int Width, int Vocabulary, float[]? Attention, int Cells);
