using CaptionTL.Images;

namespace CaptionTL.Heads.Classical;

/// <summary>Rows dealt into parts that have the classes in the proportions of the whole; the same seed deals the same way everywhere.</summary>
public static class StratifiedFolds
{
    /// <summary>The part of every row, 0 to folds − 1: each class is shuffled and dealt in turn, going on where the last class ended.</summary>
    /// <param name="labels">Class of each row.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="CaptionTLException">Fewer than two folds.</exception>
    public static int[] Deal(IReadOnlyList<int> labels, int folds, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (folds < 2) throw new CaptionTLException($"{folds} folds were asked for: cross-validation needs at least 2");
        var (dealt, next) = (new int[labels.Count], 0);
        var random = new SplitMix64(seed);
        foreach (var rows in Enumerable.Range(0, labels.Count).GroupBy(r => labels[r]).OrderBy(g => g.Key).Select(g => g.ToArray()))
        {
            for (var i = rows.Length - 1; i > 0; i--)
            {
                var j = random.Below(i + 1);
                (rows[i], rows[j]) = (rows[j], rows[i]);
            }
            foreach (var row in rows) dealt[row] = next++ % folds;
        }
        return dealt;
    }
}
