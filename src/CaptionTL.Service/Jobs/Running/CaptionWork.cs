using System.Text.Json;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>All images of a data set captioned, or sorted, into a file: captiontl caption and classify.</summary>
internal static class CaptionWork
{
    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var images = Images(order.DataPath);
        var answers = AnswerFile.Open(Path.Combine(folder, AnswerFile.Name));
        using var model = ImageModel.Load(order);
        using var batches = new PreparedBatches(model.Preprocessor);
        var done = answers.Ids.Count;
        foreach (var batch in batches.Read(images.Where(p => !answers.Ids.Contains(p.Id)).Select(p => (p.Id, p.Source)).ToList(),
            cancellation))
        {
            var said = model.Answer([.. batch.Where(p => p.Image is not null).Select(p => p.Image!)]);
            var next = 0;
            answers.Add([.. batch.Select(p => p.Image is null ? new ImageAnswer(p.Id) { Problem = DiscreetText.Of(p.Problem!) }
                : said[next++] with { Id = p.Id })]);
            done += batch.Count;
            progress.Report(new RunProgress("images", done, images.Count, "images"));
        }
        return new JobOutcome(new JobResult { Task = model.Task, Images = images.Count - answers.Problems, Skipped = answers.Problems,
            Answers = true });
    }

    // Images need neither captions nor classes here: of a data set of the service its rows are taken, described or not.
    private static IReadOnlyList<EmbeddingItem> Images(string path) =>
        File.Exists(path) && Path.GetExtension(path) == ".jsonl" ? [.. File.ReadLines(path).Select(line => Image(path, line))]
            : EmbeddingItem.Of(DatasetReader.Open(path).Images);

    private static EmbeddingItem Image(string dataset, string line)
    {
        using var row = JsonDocument.Parse(line);
        var name = row.RootElement.GetProperty("file_name").GetString()!;
        var folder = Path.GetDirectoryName(dataset)!;
        var beside = Path.GetFullPath(Path.Combine(folder, name));
        return new EmbeddingItem(name,
            new ImageSource(File.Exists(beside) ? beside : Path.GetFullPath(Path.Combine(folder, "..", name))));
    }
}

/// <summary>A model scored on a data set: captiontl eval.</summary>
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
        var options = (captioner.Manifest.Decoding! with { Beam = order.Beam ?? captioner.Manifest.Decoding!.Beam }).Validated();
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
        ScoredImages.Choose(
            dataset, items, order.SplitFile is { } file && File.Exists(file) ? DataSplit.Load(file) : null, order.Split,
            "The model was not made of it here, either. Score all of it: \"split\": \"all\".");

    private static JobResult ToResult(string task, string split, int images, int skipped, RunScores scores) =>
        new() { Task = task, Split = split, Images = images, Skipped = skipped, Scores = scores.Values, MainScore = scores.Main };
}

/// <summary>A model that answers batches of images, whichever its task.</summary>
internal sealed class ImageModel : IDisposable
{
    private readonly IDisposable _model;

    private ImageModel(string task, IDisposable model, Preprocessor preprocessor, Func<IReadOnlyList<RgbImage>,
        IReadOnlyList<ImageAnswer>> answer) =>
        (Task, _model, Preprocessor, Answer) = (task, model, preprocessor, answer);

    /// <summary>"caption" or "classify".</summary>
    public string Task { get; }

    public Preprocessor Preprocessor { get; }

    /// <summary>One answer an image, in their order, without ids.</summary>
    public Func<IReadOnlyList<RgbImage>, IReadOnlyList<ImageAnswer>> Answer { get; }

    public static ImageModel Load(JobOrder order)
    {
        using var bundle = ModelBundle.Open(order.Bundle!);
        return bundle.Manifest.Task == "classify" ? Sorter(order) : Writer(order);
    }

    public void Dispose() => _model.Dispose();

    private static ImageModel Writer(JobOrder order)
    {
        var captioner = Captioner.Load(order.Bundle!, order.Precision);
        var usual = captioner.Manifest.Decoding!;
        var best = order.Best ?? 1;
        var options = (usual with { NBest = best, Beam = order.Beam ?? Math.Max(usual.Beam, best) }).Validated();
        return new ImageModel("caption", captioner, captioner.Preprocessor, images =>
        [
            .. captioner.Describe(images, options).Select(r => new ImageAnswer("")
            {
                Caption = r.Text,
                Confidence = Math.Round(r.Captions[0].Confidence, 4),
                Captions = best > 1 ? [.. r.Captions.Select(c => new AnsweredCaption(c.Text, Math.Round(c.Confidence, 4)))] : null,
            }),
        ]);
    }

    private static ImageModel Sorter(JobOrder order)
    {
        var classifier = Classifier.Load(order.Bundle!, order.Precision);
        return new ImageModel("classify", classifier, classifier.Preprocessor, images =>
            [.. classifier.Classify(images)
                .Select(c => new ImageAnswer("") { Class = c.Best.Name, Classes = [.. c.Ranked.Take(order.Best ?? 1)] })]);
    }
}
