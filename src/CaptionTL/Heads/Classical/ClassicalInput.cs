namespace CaptionTL.Heads.Classical;

/// <summary>What all conventional models ask of what they are given.</summary>
internal static class ClassicalInput
{
    /// <summary>Labels as positions in the ascending list of labels that occur.</summary>
    /// <exception cref="CaptionTLException">No rows, not one label a row, a negative label, or fewer than two classes.</exception>
    public static (int[] Classes, int[] Positions) Check(FeatureMatrix features, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        if (features.Rows != labels.Count) throw new CaptionTLException($"there are {features.Rows} pictures and {labels.Count} labels: one label a picture is needed");
        if (labels.Count == 0) throw new CaptionTLException("there are no pictures to train on");
        var classes = labels.Distinct().Order().ToArray();
        if (classes[0] < 0) throw new CaptionTLException($"a label is {classes[0]}: labels are the classes' numbers, from 0");
        if (classes.Length < 2) throw new CaptionTLException($"all {labels.Count} pictures are of one class: at least two classes are needed to tell apart");
        return (classes, [.. labels.Select(label => Array.BinarySearch(classes, label))]);
    }

    public static void CheckColumns(FeatureMatrix features, int columns)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns != columns) throw new CaptionTLException($"the pictures have {features.Columns} features, the model was trained on {columns}: embed them with the backbone, cut and pooling of the training");
    }

    /// <summary>A value that must be above 0 and finite, for instance C.</summary>
    public static void CheckPositive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value))) throw new CaptionTLException(FormattableString.Invariant($"{name} is {value}: it must be a number above 0"));
    }

    /// <summary>What training found.</summary>
    public static void CheckFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (!double.IsFinite(value)) throw new CaptionTLException("training left the range of numbers: the features are too large. Standardise them.");
    }
}
