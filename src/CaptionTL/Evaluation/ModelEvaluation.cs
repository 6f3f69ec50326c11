using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Heads;
using CaptionTL.Training;
using CaptionTL.Training.Classes;

namespace CaptionTL.Evaluation;

/// <summary>A trained model scored on pictures of a data set.</summary>
/// <param name="cache">Embeddings; what is not there is computed into it.</param>
/// <param name="progress">Pictures done, and a message for each one skipped.</param>
/// <param name="cancellation">Asked between batches.</param>
public sealed class ModelEvaluation(EmbeddingCache cache, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
{
    /// <returns>Captions with their scores, and how many pictures could not be read.</returns>
    /// <exception cref="CaptionTLException">None of the pictures can be read.</exception>
    public (CaptionedSplit Scored, int Skipped) Score(Captioner captioner, IReadOnlyList<CaptionItem> items, DecodingOptions options)
    {
        ArgumentNullException.ThrowIfNull(captioner);
        ArgumentNullException.ThrowIfNull(options);
        using var embedded = new PictureEmbedder(cache, captioner.Encoder, captioner.Preprocessor).Embed(EmbeddingItem.Of(items), options.Views, "embedding", progress, cancellation);
        var kept = embedded.Kept.Select(i => items[i]).ToList();
        var scored = new CaptionEvaluator([.. kept.Select(i => i.Id)], [.. kept.Select(i => i.Captions)], captioner.Vocabulary, options) { Rules = captioner.Rules }
            .Evaluate(captioner.Decoder, embedded.Embeddings, progress: Report("captioning"), cancellation: cancellation);
        return (scored, embedded.Built.Skipped.Count);
    }

    /// <param name="classifier">At its own temperature.</param>
    /// <param name="dataset">That the pictures are of; it may name fewer classes than the model, or in another order.</param>
    /// <param name="items">Pictures.</param>
    /// <returns>Answers with their scores, and how many pictures could not be read.</returns>
    /// <exception cref="CaptionTLException">None of the pictures can be read, or some are of a class that the model lacks.</exception>
    public (ClassEvaluator.Result Scored, int Skipped) Score(Classifier classifier, LabelledDataset dataset, IReadOnlyList<LabelledItem> items)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(dataset);
        var known = Known(classifier.Classes, dataset, items);
        using var embedded = new PictureEmbedder(cache, classifier.Encoder, classifier.Preprocessor).Embed(EmbeddingItem.Of(known), 1, "embedding", progress, cancellation);
        var scored = new ClassEvaluator(classifier.Classes, [.. embedded.Kept.Select(i => known[i])])
            .Evaluate(classifier.Head, embedded.Embeddings, temperature: classifier.Manifest.Temperature ?? 1, progress: Report("sorting"), cancellation: cancellation);
        return (scored, embedded.Built.Skipped.Count);
    }

    // With the model's numbers of their classes.
    private static List<LabelledItem> Known(IReadOnlyList<string> classes, LabelledDataset dataset, IReadOnlyList<LabelledItem> items)
    {
        var index = classes.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var unknown = items.Select(i => dataset.Classes[i.Class]).Distinct().Where(name => !index.ContainsKey(name)).ToList();
        return unknown.Count == 0
            ? [.. items.Select(i => i with { Class = index[dataset.Classes[i.Class]] })]
            : throw new CaptionTLException($"{dataset.Path} has pictures of {Some(unknown, 5)}, which the model does not know. Its classes: {Some(classes, 20)}.");
    }

    private static string Some(IReadOnlyList<string> names, int most) => string.Join(", ", names.Take(most)) + (names.Count > most ? " …" : "");

    private Action<long, long> Report(string phase) => (done, total) => progress?.Report(new RunProgress(phase, done, total, "pictures"));
}
