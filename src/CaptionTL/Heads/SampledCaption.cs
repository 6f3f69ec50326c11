namespace CaptionTL.Heads;

/// <summary>A caption drawn from a decoder.</summary>
/// <param name="Words">Indices into the vocabulary, without beginning and end.</param>
/// <param name="Ended">Whether it came to its end by itself; otherwise it was cut off.</param>
internal sealed record SampledCaption(int[] Words, bool Ended);
