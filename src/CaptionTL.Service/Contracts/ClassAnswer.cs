namespace CaptionTL.Service.Contracts;

/// <summary>Answer of POST /api/v1/classify.</summary>
/// <param name="Model">Which model sorted the pictures.</param>
/// <param name="Results">One a picture, in the order sent.</param>
/// <param name="Timing">Where the time went.</param>
public sealed record ClassAnswer(ModelUsed Model, IReadOnlyList<ClassifiedPicture> Results, AnswerTiming Timing);
