namespace CaptionTL.Service.Contracts;

/// <summary>Answer of POST /api/v1/caption.</summary>
/// <param name="Model">Which model wrote the captions.</param>
/// <param name="Results">One a picture, in the order sent.</param>
/// <param name="Timing">Where the time went.</param>
public sealed record CaptionAnswer(ModelUsed Model, IReadOnlyList<CaptionedPicture> Results, AnswerTiming Timing);
