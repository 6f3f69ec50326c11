namespace CaptionTL.Service.Contracts;

/// <summary>Body of POST /api/v1/models/{name}/promote.</summary>
/// <param name="Version">To be used from now on; the newest when null.</param>
public sealed record ModelPromotion(int? Version = null);
