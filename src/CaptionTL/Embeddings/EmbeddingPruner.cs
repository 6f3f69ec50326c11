namespace CaptionTL.Embeddings;

/// <summary>Which shards pruning takes.</summary>
internal static class EmbeddingPruner
{
    public static List<ShardRecord> Choose(List<ShardRecord> shards, EmbeddingPruneOptions options, IReadOnlyList<EmbeddingCacheEntry> encoders, DateTimeOffset now)
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
