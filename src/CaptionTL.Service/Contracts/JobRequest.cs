namespace CaptionTL.Service.Contracts;

/// <summary>Body of POST /api/v1/jobs. What a kind does not use must be left out.</summary>
public sealed record JobRequest : JobSettings
{
    public required JobKind Kind { get; init; }

    /// <summary>Name of a data set; "flowers@3" is a version of it.</summary>
    public required string Data { get; init; }
}
