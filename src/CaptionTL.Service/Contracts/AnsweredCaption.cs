namespace CaptionTL.Service.Contracts;

/// <summary>One of several captions of a picture.</summary>
/// <param name="Text">As a sentence.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record AnsweredCaption(string Text, double Confidence);
