namespace CaptionTL.Heads;

/// <summary>Indices of the tokens that are no words.</summary>
public sealed record SpecialTokens(int Padding, int Begin, int End, int Unknown);
