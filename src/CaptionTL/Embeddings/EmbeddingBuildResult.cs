namespace CaptionTL.Embeddings;

/// <summary>What a run of <see cref="EmbeddingBuilder"/> did.</summary>
/// <param name="Contents">For every item the hash of its bytes, the key into the cache; null where it was skipped.</param>
/// <param name="Skipped">Pictures without embeddings, in the items' order.</param>
/// <param name="Encoded">Embeddings computed in this run.</param>
/// <param name="Elapsed">Of the whole run.</param>
/// <param name="EncoderTime">Of that, spent in the encoder.</param>
public sealed record EmbeddingBuildResult(
    IReadOnlyList<ContentHash?> Contents, IReadOnlyList<SkippedPicture> Skipped, int Encoded, TimeSpan Elapsed, TimeSpan EncoderTime)
{
    /// <summary>Key of an item's view.</summary>
    /// <exception cref="InvalidOperationException">The item was skipped.</exception>
    public EmbeddingKey Key(int item, IImageEncoder encoder, int view = 0)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new EmbeddingKey(Contents[item] ?? throw new InvalidOperationException($"item {item} was skipped"), ContentHash.OfText(encoder.Fingerprint), view);
    }
}
