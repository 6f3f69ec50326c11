using CaptionTL.Images;

namespace CaptionTL.Embeddings;

/// <summary>How embedding is carried out; what comes out does not depend on it.</summary>
public sealed record EmbeddingBuildOptions
{
    /// <summary>Pictures the encoder sees at once; the last batch is filled up, so that every picture is computed in a batch of this size.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Threads that read, hash and decode ahead of the encoder, which itself uses all cores.</summary>
    public int Readers { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Prepared pictures waiting for the encoder at most.</summary>
    public int ReadAhead { get; init; } = 64;

    /// <summary>A killed process loses at most the embeddings of so long.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a shard at most; held in memory until it is written.</summary>
    public long MaxShardBytes { get; init; } = 64 << 20;

    /// <summary>Larger files are not read as pictures, bytes.</summary>
    public long MaxPictureBytes { get; init; } = ImageLimits.Default.MaxBytes;
}
