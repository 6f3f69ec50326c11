namespace CaptionTL.Evaluation;

/// <summary>
/// ROUGE-L (Lin 2004) as coco-caption computes it: the longest common subsequence with each reference, the best precision and the best
/// recall over the references (not necessarily of the same one), F with β = 1.2.
/// </summary>
internal static class RougeL
{
    private const double Beta2 = 1.2 * 1.2;

    public static double Score(int[] candidate, IReadOnlyList<int[]> references)
    {
        var (precision, recall) = (0.0, 0.0);
        foreach (var reference in references)
        {
            double common = LongestCommonSubsequence(candidate, reference);
            precision = Math.Max(precision, common / Math.Max(1, candidate.Length));
            recall = Math.Max(recall, common / Math.Max(1, reference.Length));
        }
        return precision == 0 || recall == 0 ? 0 : (1 + Beta2) * precision * recall / (recall + Beta2 * precision);
    }

    private static int LongestCommonSubsequence(int[] a, int[] b)
    {
        var row = new int[b.Length + 1];
        foreach (var word in a)
        {
            var diagonal = 0; // of the row before
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = word == b[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[^1];
    }
}
