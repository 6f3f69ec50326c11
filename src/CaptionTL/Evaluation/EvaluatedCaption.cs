namespace CaptionTL.Evaluation;

/// <summary>A picture's caption beside what people wrote.</summary>
/// <param name="Id">The picture's name in its data set.</param>
/// <param name="Caption">As the model wrote it.</param>
/// <param name="References">As people wrote it.</param>
public sealed record EvaluatedCaption(string Id, string Caption, IReadOnlyList<string> References)
{
    /// <summary>This caption's own CIDEr-D, document frequencies from the whole split; null before it is scored.</summary>
    public double? CiderD { get; init; }
}
