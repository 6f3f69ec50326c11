namespace CaptionTL.Service.Contracts;

/// <summary>Why a picture got no answer.</summary>
/// <param name="Code">For programs: "picture_damaged".</param>
/// <param name="Message">For people.</param>
/// <param name="Hint">What to do.</param>
public sealed record PictureProblem(string Code, string Message, string? Hint);
