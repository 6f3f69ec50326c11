namespace CaptionTL.Service.Contracts;

/// <summary>Which model answered.</summary>
/// <param name="Name">"flickr8k".</param>
/// <param name="Version">From 1.</param>
public sealed record ModelUsed(string Name, int Version);
