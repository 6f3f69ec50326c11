namespace CaptionTL.Embeddings;

/// <summary>Which shards pruning takes.</summary>
internal static class EmbeddingPruner
{
    public static List<ShardRecord> Choose(List<ShardRecord> shards, EmbeddingPruneOptions options,
        IReadOnlyList<EmbeddingCacheEntry> encoders, DateTimeOffset now)
    {
        var byName = encoders
            .Where(e => options.Fingerprint is { Length: > 0 } text && e.Fingerprint.Contains(text, StringComparison.OrdinalIgnoreCase))
            .Select(e => ContentHash.OfText(e.Fingerprint)).ToHashSet();
        var oldest = options.UnusedFor is { } span ? (now - span).ToUnixTimeSeconds() : long.MinValue;
        var chosen = shards.Where(s => options.All || s.Used <= oldest || byName.Contains(s.Encoder)).ToHashSet();
        var rest = shards.Where(s => !chosen.Contains(s)).Sum(s => s.Bytes);
        foreach (var shard in shards.Where(s => !chosen.Contains(s)).OrderBy(s => s.Used).ThenBy(s => s.Id).ToList())
        {
            if (options.MaxBytes is not { } limit || rest <= limit) break;
            chosen.Add(shard);
            rest -= shard.Bytes;
        }
        return [.. shards.Where(chosen.Contains)];
    }
}

/// <summary>What to remove from the cache; the conditions that are given are combined with "or".</summary>
public sealed record EmbeddingPruneOptions
{
    /// <summary>Shards that were not read for this long.</summary>
    public TimeSpan? UnusedFor { get; init; }

    /// <summary>Shards of encoders whose fingerprint contains this text.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Everything.</summary>
    public bool All { get; init; }

    /// <summary>The shards used longest ago, until the rest takes no more than so many bytes.</summary>
    public long? MaxBytes { get; init; }
}

/// <summary>What pruning did.</summary>
/// <param name="Shards">Files removed.</param>
/// <param name="Embeddings">Embeddings removed.</param>
/// <param name="Bytes">Freed.</param>
/// <param name="InUse">Files that another process (or this one) was reading; they stay.</param>
public sealed record EmbeddingPruneResult(int Shards, int Embeddings, long Bytes, int InUse);
