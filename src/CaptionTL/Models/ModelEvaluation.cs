using CaptionTL.Captions;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Training;

namespace CaptionTL.Models;

/// <summary>A trained model scored on images of a data set.</summary>
/// <param name="cache">Missing embeddings are computed into it.</param>
/// <param name="progress">Images done, and a message for each one skipped.</param>
/// <param name="cancellation">Checked between batches.</param>
public sealed class ModelEvaluation(EmbeddingCache cache, IProgress<RunProgress>? progress = null,
    CancellationToken cancellation = default)
{
    /// <returns>Captions with their scores, and how many images could not be read.</returns>
    /// <exception cref="CaptionTLException">None of the images can be read.</exception>
    public (CaptionedSplit Scored, int Skipped) Score(Captioner captioner, IReadOnlyList<CaptionItem> items, DecodingOptions options)
    {
        ArgumentNullException.ThrowIfNull(captioner);
        ArgumentNullException.ThrowIfNull(options);
        using var embedded = new ImageEmbedder(cache, captioner.Encoder, captioner.Preprocessor)
            .Embed(EmbeddingItem.Of(items), options.Views, "embedding", progress, cancellation);
        var kept = embedded.Kept.Select(i => items[i]).ToList();
        var scored = new CaptionEvaluator([.. kept.Select(i => i.Id)], [.. kept.Select(i => i.Captions)], captioner.Search, options)
            .Evaluate(embedded.Embeddings, progress: Report("captioning"), cancellation: cancellation);
        return (scored, embedded.Built.Skipped.Count);
    }

    /// <param name="classifier">At its own temperature.</param>
    /// <param name="dataset">The images' data set; it may name fewer classes than the model, or in another order.</param>
    /// <param name="items">Images.</param>
    /// <returns>Answers with their scores, and how many images could not be read.</returns>
    /// <exception cref="CaptionTLException">None of the images can be read, or some have a class that the model lacks.</exception>
    public (ClassEvaluator.Result Scored, int Skipped) Score(Classifier classifier, LabelledDataset dataset,
        IReadOnlyList<LabelledItem> items)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(dataset);
        var known = Known(classifier.Classes, dataset, items);
        using var embedded = new ImageEmbedder(cache, classifier.Encoder, classifier.Preprocessor)
            .Embed(EmbeddingItem.Of(known), 1, "embedding", progress, cancellation);
        var scored = new ClassEvaluator(classifier.Classes, [.. embedded.Kept.Select(i => known[i])])
            .Evaluate(classifier.Head, embedded.Embeddings, temperature: classifier.Manifest.Temperature ?? 1,
                progress: Report("classifying"), cancellation: cancellation);
        return (scored, embedded.Built.Skipped.Count);
    }

    // Numbers the classes as the model does.
    private static List<LabelledItem> Known(IReadOnlyList<string> classes, LabelledDataset dataset, IReadOnlyList<LabelledItem> items)
    {
        var index = classes.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var unknown = items.Select(i => dataset.Classes[i.Class]).Distinct().Where(name => !index.ContainsKey(name)).ToList();
        return unknown.Count == 0
            ? [.. items.Select(i => i with { Class = index[dataset.Classes[i.Class]] })]
            : throw new CaptionTLException($"{dataset.Path} has images of {Some(unknown, 5)}, which the model does not know. Its "
                + $"classes: {Some(classes, 20)}.");
    }

    private static string Some(IReadOnlyList<string> names, int most) =>
        string.Join(", ", names.Take(most)) + (names.Count > most ? " …" : "");

    private Action<long, long> Report(string phase) => (done, total) => progress?.Report(new RunProgress(phase, done, total, "images"));
}

/// <summary>Which images of a data set a model is scored on.</summary>
public static class ScoredImages
{
    private const string All = "all";

    /// <param name="dataset">Part of it is scored.</param>
    /// <param name="items">Its images.</param>
    /// <param name="run">The split of the run that made the model; the data set's official one when null.</param>
    /// <param name="name">
    /// "train", "dev", "test" or "all"; when null, images that the model was not trained on as far as that is known: test images, else
    /// dev images, and all where there is no split.
    /// </param>
    /// <param name="hint">What to do where there is no split, for the message.</param>
    /// <returns>The split's name and its images, in the data set's order.</returns>
    /// <exception cref="CaptionTLException">There is no such split, or it has no images.</exception>
    public static (string Name, IReadOnlyList<T> Items) Choose<T>(Dataset dataset, IReadOnlyList<T> items, DataSplit? run, string? name,
        string hint) where T : DatasetItem
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
            : throw new CaptionTLException($"{dataset.Path} has no {name} images; it has {splits.Count(Split.Train)} train, "
                + $"{splits.Count(Split.Dev)} dev and {splits.Count(Split.Test)} test.");
    }
}
