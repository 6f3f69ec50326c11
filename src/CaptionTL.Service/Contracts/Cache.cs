namespace CaptionTL.Service.Contracts;

/// <summary>What the embedding cache holds.</summary>
/// <param name="Bytes">Of its files.</param>
/// <param name="Networks">By network and cut, the largest first.</param>
public sealed record CacheContents(long Bytes, IReadOnlyList<CachedNetwork> Networks);

/// <summary>Embeddings of one network up to one of its blocks, of one preprocessing and arithmetic.</summary>
/// <param name="Network">Its architecture.</param>
/// <param name="Cut">The last block that was computed.</param>
/// <param name="Images">Different images.</param>
/// <param name="Embeddings">Images times their views.</param>
/// <param name="Bytes">Of the files.</param>
/// <param name="LastUsed">To the hour.</param>
public sealed record CachedNetwork(string Network, string Cut, int Images, int Embeddings, long Bytes, DateTimeOffset LastUsed);
