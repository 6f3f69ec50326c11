namespace CaptionTL.Service.Contracts;

/// <summary>Which model answered.</summary>
/// <param name="Name">"flickr8k".</param>
/// <param name="Version">From 1.</param>
/// <param name="Attention">Shape of the attention maps; null where the model has none.</param>
public sealed record ModelUsed(string Name, int Version, AttentionGrid? Attention = null);
