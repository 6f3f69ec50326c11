namespace CaptionTL.Service.Contracts;

/// <summary>Event "words" while a caption is written.</summary>
/// <param name="Picture">Position in the request, from 0.</param>
/// <param name="Text">The words that lead so far; later ones may change them.</param>
public sealed record LeadingWords(int Picture, string Text);
