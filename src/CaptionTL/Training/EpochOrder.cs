namespace CaptionTL.Training;

/// <summary>
/// The batches of an epoch: captions of about the same length together, so that little is computed on padding, in an order that
/// depends on seed and epoch alone.
/// </summary>
public static class EpochOrder
{
    // Batches whose captions are sorted among themselves: enough for equal lengths, few enough to stay random.
    private const int Window = 40;

    /// <summary>Indices of captions, batch by batch; the last batch of a window may be smaller.</summary>
    public static IReadOnlyList<int[]> Batches(IReadOnlyList<TrainingCaption> captions, int batchSize, long seed, int epoch)
    {
        var random = new Random(unchecked((int)(seed * 1_000_003 + epoch * 7_919 + 17)));
        var order = Enumerable.Range(0, captions.Count).ToArray();
        random.Shuffle(order);
        var batches = order.Chunk(batchSize * Window)
            .SelectMany(window => window.OrderBy(i => captions[i].Words.Length).Chunk(batchSize))
            .ToArray();
        random.Shuffle(batches);
        return batches;
    }
}
