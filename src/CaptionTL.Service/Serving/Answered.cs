namespace CaptionTL.Service.Serving;

/// <summary>An answer, and where its time went.</summary>
/// <param name="Result">Of the model.</param>
/// <param name="Wait">In the queue.</param>
/// <param name="Model">The whole batch in the model.</param>
internal readonly record struct Answered<T>(T Result, TimeSpan Wait, TimeSpan Model);
