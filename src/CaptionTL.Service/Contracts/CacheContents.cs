namespace CaptionTL.Service.Contracts;

/// <summary>What the embedding cache holds.</summary>
/// <param name="Bytes">Of its files.</param>
/// <param name="Networks">By network and cut, the largest first.</param>
public sealed record CacheContents(long Bytes, IReadOnlyList<CachedNetwork> Networks);
