namespace CaptionTL.Service.Contracts;

/// <summary>Milliseconds.</summary>
/// <param name="Read">Decoding and scaling the pictures.</param>
/// <param name="Wait">In the queue, the longest of the pictures.</param>
/// <param name="Model">In the model, its batch as a whole.</param>
/// <param name="Total">From the complete request to the answer.</param>
public sealed record AnswerTiming(double Read, double Wait, double Model, double Total);
