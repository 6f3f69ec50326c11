using CaptionTL.Training.Plans;

namespace CaptionTL.Heads.Classical;

/// <summary>How much a picture's error counts, by its class.</summary>
internal static class ClassWeights
{
    /// <summary>1 for every class, or rows / (classes · rows of the class), as scikit-learn's "balanced"; a class without rows counts as if it had one.</summary>
    /// <param name="weighting">Which.</param>
    /// <param name="positions">Class of each row, 0 to classes − 1.</param>
    /// <param name="classes">How many.</param>
    public static double[] Of(ClassWeighting weighting, IReadOnlyList<int> positions, int classes)
    {
        var weights = new double[classes];
        if (weighting == ClassWeighting.None)
        {
            Array.Fill(weights, 1);
            return weights;
        }
        foreach (var position in positions) weights[position]++;
        return Array.ConvertAll(weights, rows => positions.Count / (classes * Math.Max(1, rows)));
    }
}
