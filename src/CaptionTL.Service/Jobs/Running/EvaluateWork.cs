using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A model scored on a data set, like captiontl eval.</summary>
internal static class EvaluateWork
{
    /// <summary>A page with scores and images, in the job's folder.</summary>
    public const string ReportName = "report.html";

    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        using var cache = EmbeddingCache.Open(order.Embeddings);
        var evaluation = new ModelEvaluation(cache, progress, cancellation);
        string task;
        using (var bundle = ModelBundle.Open(order.Bundle!)) task = bundle.Manifest.Task;
        return new JobOutcome(task == "classify" ? ScoreClasses(order, folder, evaluation, cancellation)
            : ScoreCaptions(order, evaluation));
    }

    private static JobResult ScoreCaptions(JobOrder order, ModelEvaluation evaluation)
    {
        var dataset = CaptionDatasetReader.Open(order.DataPath);
        var images = Choose(order, dataset, dataset.Items);
        using var captioner = Captioner.Load(order.Bundle!, order.Precision);
        var options = (captioner.Manifest.Decoding! with { Beam = order.Request.Beam ?? captioner.Manifest.Decoding!.Beam }).Validated();
        var (result, skipped) = evaluation.Score(captioner, images.Items, options);
        return ToResult("caption", images.Name, result.Captions.Count, skipped, CaptionTraining.Scores(result.Scores));
    }

    private static JobResult ScoreClasses(JobOrder order, string folder, ModelEvaluation evaluation, CancellationToken cancellation)
    {
        var dataset = LabelledDatasetReader.Open(order.DataPath);
        var images = Choose(order, dataset, dataset.Items);
        using var classifier = Classifier.Load(order.Bundle!, order.Precision);
        var (result, skipped) = evaluation.Score(classifier, dataset, images.Items);
        new ClassificationReportHtml().Save(Path.Combine(folder, ReportName), result.Report(order.Name, dataset.Name, images.Name),
            cancellation);
        return ToResult("classify", images.Name, result.Images.Count, skipped,
            ClassEvaluator.Scores(result.Scores)) with { Report = true };
    }

    private static (string Name, IReadOnlyList<T> Items) Choose<T>(JobOrder order, Dataset dataset, IReadOnlyList<T> items)
        where T : DatasetItem =>
        ScoredImages.Choose(dataset, items, order.SplitFile is { } file && File.Exists(file) ? DataSplit.Load(file) : null,
            order.Request.Split, "The model was not trained on it here, either. Score all of it: \"split\": \"all\".");

    private static JobResult ToResult(string task, string split, int images, int skipped, RunScores scores) =>
        new() { Task = task, Split = split, Images = images, Skipped = skipped, Scores = scores.Values, MainScore = scores.Main };
}
