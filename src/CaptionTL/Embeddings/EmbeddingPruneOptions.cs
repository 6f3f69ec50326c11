namespace CaptionTL.Embeddings;

/// <summary>What to remove from the cache; the conditions that are given are combined with "or".</summary>
public sealed record EmbeddingPruneOptions
{
    /// <summary>Shards that were not read for so long.</summary>
    public TimeSpan? UnusedFor { get; init; }

    /// <summary>Shards of encoders whose fingerprint contains this text.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Everything.</summary>
    public bool All { get; init; }

    /// <summary>The shards used longest ago, until the rest takes no more than so many bytes.</summary>
    public long? MaxBytes { get; init; }
}
