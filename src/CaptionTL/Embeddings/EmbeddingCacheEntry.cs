namespace CaptionTL.Embeddings;

/// <summary>What the cache holds of one encoder.</summary>
/// <param name="Fingerprint">See <see cref="IImageEncoder.Fingerprint"/>.</param>
/// <param name="Cells">Of the grid.</param>
/// <param name="Channels">Of a cell.</param>
/// <param name="Pictures">Different pictures.</param>
/// <param name="Embeddings">Pictures times their views.</param>
/// <param name="Shards">Files.</param>
/// <param name="Bytes">Of the files.</param>
/// <param name="Created">First shard.</param>
/// <param name="LastUsed">To the hour.</param>
public sealed record EmbeddingCacheEntry(
    string Fingerprint, int Cells, int Channels, int Pictures, int Embeddings, int Shards, long Bytes, DateTimeOffset Created, DateTimeOffset LastUsed)
{
    /// <summary>Of the network.</summary>
    public string Architecture => Part(0);

    /// <summary>Block whose output is kept.</summary>
    public string Cut => Part(2);

    private string Part(int index) => Fingerprint.Split(';').ElementAtOrDefault(index) ?? "";
}
