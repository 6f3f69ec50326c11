using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Evaluation;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using CaptionTL.Training.Captions;
using CaptionTL.Training.Classes;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A model scored on a data set: captiontl eval.</summary>
internal static class EvaluateWork
{
    /// <summary>A page with scores and pictures, in the job's folder.</summary>
    public const string ReportName = "report.html";

    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        using var cache = EmbeddingCache.Open(order.Embeddings);
        string task;
        using (var bundle = ModelBundle.Open(order.Bundle!)) task = bundle.Manifest.Task;
        return new JobOutcome(task == "classify" ? ScoreClasses(order, folder, cache, progress, cancellation) : ScoreCaptions(order, cache, progress, cancellation));
    }

    private static JobResult ScoreCaptions(JobOrder order, EmbeddingCache cache, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var dataset = CaptionDatasetReader.Open(order.DataPath);
        var (items, split) = Items(order, dataset, dataset.Items, () => DataSplit.Create(dataset));
        using var captioner = Captioner.Load(order.Bundle!, order.Precision);
        var options = (captioner.Manifest.Decoding! with { Beam = order.Beam ?? captioner.Manifest.Decoding!.Beam }).Validated();
        using var embedded = new PictureEmbedder(cache, captioner.Encoder, captioner.Preprocessor).Embed(EmbeddingItem.Of(items), 1, "embedding", progress, cancellation);
        var kept = embedded.Kept.Select(i => items[i]).ToList();
        var result = new CaptionEvaluator([.. kept.Select(i => i.Id)], [.. kept.Select(i => i.Captions)], captioner.Vocabulary, options)
            .Evaluate(captioner.Decoder, embedded.Embeddings, progress: (done, total) => progress.Report(new RunProgress("captioning", done, total, "pictures")), cancellation: cancellation);
        return ToResult("caption", split, kept.Count, embedded.Built.Skipped.Count, CaptionLearner.Scores(result.Scores));
    }

    private static JobResult ScoreClasses(JobOrder order, string folder, EmbeddingCache cache, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var dataset = LabelledDatasetReader.Open(order.DataPath);
        var (all, split) = Items(order, dataset, dataset.Items, () => DataSplit.Create(dataset));
        using var classifier = Classifier.Load(order.Bundle!, order.Precision);
        var items = Known(classifier, dataset, all);
        using var embedded = new PictureEmbedder(cache, classifier.Encoder, classifier.Preprocessor).Embed(EmbeddingItem.Of(items), 1, "embedding", progress, cancellation);
        var kept = embedded.Kept.Select(i => items[i]).ToList();
        var result = new ClassEvaluator(classifier.Classes, kept).Evaluate(
            classifier.Head, embedded.Embeddings, temperature: classifier.Manifest.Temperature ?? 1, cancellation: cancellation,
            progress: (done, total) => progress.Report(new RunProgress("sorting", done, total, "pictures")));
        new ClassificationReportHtml().Save(Path.Combine(folder, ReportName), result.Report(order.Name, dataset.Name, split), cancellation);
        return ToResult("classify", split, kept.Count, embedded.Built.Skipped.Count, ClassEvaluator.Scores(result.Scores)) with { Report = true };
    }

    private static JobResult ToResult(string task, string split, int pictures, int skipped, RunScores scores) =>
        new() { Task = task, Split = split, Pictures = pictures, Skipped = skipped, Scores = scores.Values, MainScore = scores.Main };

    // The data set may name its classes in another order; a class the model lacks cannot be scored.
    private static List<LabelledItem> Known(Classifier classifier, LabelledDataset dataset, IReadOnlyList<LabelledItem> items)
    {
        var index = classifier.Classes.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var unknown = items.Select(i => dataset.Classes[i.Class]).Distinct().Where(name => !index.ContainsKey(name)).ToList();
        return unknown.Count == 0
            ? [.. items.Select(i => i with { Class = index[dataset.Classes[i.Class]] })]
            : throw new CaptionTLException($"The data set has pictures of {string.Join(", ", unknown.Take(5))}{(unknown.Count > 5 ? " …" : "")}, which the model does not know. Its classes: {string.Join(", ", classifier.Classes.Take(20))}{(classifier.Classes.Count > 20 ? " …" : "")}.");
    }

    // What nobody has trained on, wherever that can be known: official test pictures, else the dev pictures of the model's own run.
    private static (IReadOnlyList<T> Items, string Split) Items<T>(JobOrder order, Dataset dataset, IReadOnlyList<T> all, Func<DataSplit> official) where T : DatasetItem
    {
        var run = order.SplitFile is { } file && File.Exists(file) ? DataSplit.Load(file) : null;
        var splits = run ?? (dataset.HasOfficialSplits ? official() : null);
        var name = order.Split ?? (splits is null ? "all" : splits.Count(Split.Test) > 0 ? "test" : "dev");
        if (name == "all") return (all, name);
        if (splits is null) throw new CaptionTLException($"The data set {dataset.Name} has no official splits, and the model was not made of it here. Score all of it: \"split\": \"all\".");
        var split = Enum.Parse<Split>(name, ignoreCase: true);
        List<T> items = [.. all.Where(i => splits[i.Id] == split)];
        return items.Count > 0 ? (items, name) : throw new CaptionTLException($"There are no {name} pictures; there are {splits.Count(Split.Train)} train, {splits.Count(Split.Dev)} dev and {splits.Count(Split.Test)} test.");
    }
}
