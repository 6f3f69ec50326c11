using CaptionTL.Images;

namespace CaptionTL.Training.Batches;

/// <summary>An epoch's order, the same on every machine.</summary>
internal static class BatchOrder
{
    /// <summary>0 … <paramref name="count"/> − 1, shuffled (Fisher and Yates) as seed and epoch say.</summary>
    public static int[] Shuffled(int count, ulong seed, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var random = new SplitMix64(new SplitMix64(seed).Next() ^ new SplitMix64(~(ulong)epoch).Next());
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
