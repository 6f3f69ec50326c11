namespace CaptionTL.Heads.Classical;

internal static class Softmax
{
    /// <summary>Turns scores into probabilities in place, and returns log Σ exp(score).</summary>
    public static double Apply(Span<double> scores)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        foreach (var s in scores) largest = Math.Max(largest, s);
        for (var k = 0; k < scores.Length; k++) sum += scores[k] = Math.Exp(scores[k] - largest);
        for (var k = 0; k < scores.Length; k++) scores[k] /= sum;
        return largest + Math.Log(sum);
    }
}
