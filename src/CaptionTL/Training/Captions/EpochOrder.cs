namespace CaptionTL.Training.Captions;

/// <summary>
/// The batches of an epoch: pictures whose longest captions are about as long go together, so that little is computed on padding,
/// in an order that depends on seed and epoch alone.
/// </summary>
public static class EpochOrder
{
    // Batches whose pictures are sorted among themselves: enough for equal lengths, few enough to stay random.
    private const int Window = 20;

    /// <summary>Indices of pictures, batch by batch.</summary>
    /// <param name="pictures">With their captions.</param>
    /// <param name="captionsEach">About as many captions go into a batch.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="epoch">From 0.</param>
    public static IReadOnlyList<int[]> Batches(IReadOnlyList<TrainingPicture> pictures, int captionsEach, long seed, int epoch)
    {
        var random = new Random(unchecked((int)(seed * 1_000_003 + epoch * 7_919 + 17)));
        var together = pictures.Max(p => p.Captions.Count);
        var each = Math.Max(1, captionsEach / together);
        var order = Enumerable.Range(0, pictures.Count).ToArray();
        random.Shuffle(order);
        var batches = order.Chunk(each * Window)
            .SelectMany(window => window.OrderBy(i => pictures[i].Captions.Count).ThenBy(i => pictures[i].Longest).Chunk(each))
            .ToArray();
        random.Shuffle(batches);
        return batches;
    }
}
