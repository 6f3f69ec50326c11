namespace CaptionTL.Service.Contracts;

/// <summary>Body of POST /api/v1/jobs/{id}/again: what is different this time; null stays as it was. "set" changes the earlier job's plan, or the one given here.</summary>
public sealed record JobChanges : JobSettings
{
    /// <summary>Another data set, or another version of it.</summary>
    public string? Data { get; init; }
}
