namespace CaptionTL.Service.Contracts;

/// <summary>One caption.</summary>
/// <param name="Text">As a sentence.</param>
/// <param name="Words">As the model wrote them.</param>
/// <param name="LogProbability">Natural logarithm of the probability of the whole, its end included.</param>
/// <param name="Score">What captions are ranked by.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record WrittenCaption(string Text, IReadOnlyList<WrittenWord> Words, double LogProbability, double Score, double Confidence);
