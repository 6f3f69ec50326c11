namespace CaptionTL.Heads.Classical;

/// <summary>Answers from scores.</summary>
public static class ClassicalPrediction
{
    /// <summary>The label of every row.</summary>
    /// <inheritdoc cref="IClassicalModel.Decide"/>
    public static int[] Predict(this IClassicalModel model, FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. model.Decide(features).Select(scores => model.Classes[Best(scores)])];
    }

    /// <summary>Share of rows whose label is found, 0 to 1.</summary>
    /// <inheritdoc cref="IClassicalModel.Decide"/>
    public static double Accuracy(this IClassicalModel model, FeatureMatrix features, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var predicted = Predict(model, features);
        if (labels.Count != predicted.Length || labels.Count == 0) throw new CaptionTLException($"there are {predicted.Length} pictures and {labels.Count} labels: one label a picture is needed, and at least one");
        return predicted.Where((label, i) => label == labels[i]).Count() / (double)labels.Count;
    }

    /// <summary>Position of the first of the largest scores.</summary>
    public static int Best(ReadOnlySpan<double> scores)
    {
        var best = 0;
        for (var k = 1; k < scores.Length; k++)
            if (scores[k] > scores[best]) best = k;
        return best;
    }
}
