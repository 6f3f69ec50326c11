namespace CaptionTL.Service.Contracts;

/// <summary>What made a new version of a data set.</summary>
/// <param name="Version">That it got.</param>
/// <param name="When">UTC.</param>
/// <param name="What">"2 pictures added".</param>
/// <param name="By">Name of the API key, where there was one.</param>
public sealed record DataSetChange(int Version, DateTimeOffset When, string What, string? By = null);
