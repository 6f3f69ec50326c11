using CaptionTL.Datasets;

namespace CaptionTL.Evaluation;

/// <summary>Which pictures of a data set a model is scored on.</summary>
public static class ScoredPictures
{
    private const string All = "all";

    /// <param name="dataset">Of which a part is scored.</param>
    /// <param name="items">Its pictures.</param>
    /// <param name="run">The split of the run that made the model; where null the official one counts.</param>
    /// <param name="name">
    /// "train", "dev", "test" or "all"; when null, pictures that nobody has trained on wherever that can be known: test pictures, else dev
    /// pictures, and all where there is no split.
    /// </param>
    /// <param name="hint">What to do where there is no split, for the message.</param>
    /// <returns>The split's name and pictures, in the data set's order.</returns>
    /// <exception cref="CaptionTLException">No such split, or no pictures in it.</exception>
    public static (string Name, IReadOnlyList<T> Items) Choose<T>(Dataset dataset, IReadOnlyList<T> items, DataSplit? run, string? name, string hint) where T : DatasetItem
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var splits = run ?? DataSplit.Official(dataset);
        name ??= splits is null ? All : splits.Count(Split.Test) > 0 ? "test" : "dev";
        if (name == All) return (name, items);
        var split = SplitNames.Parse(name) ?? throw new CaptionTLException($"The split is '{name}'; it must be train, dev, test or all.");
        if (splits is null) throw new CaptionTLException($"{dataset.Path} has no official splits. {hint}");
        name = split.ToString().ToLowerInvariant();
        List<T> chosen = [.. items.Where(i => splits[i.Id] == split)];
        return chosen.Count > 0
            ? (name, chosen)
            : throw new CaptionTLException($"{dataset.Path} has no {name} pictures; it has {splits.Count(Split.Train)} train, {splits.Count(Split.Dev)} dev and {splits.Count(Split.Test)} test.");
    }
}
