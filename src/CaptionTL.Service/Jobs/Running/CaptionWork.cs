using System.Text.Json;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>All pictures of a data set captioned, or sorted, into a file: captiontl caption and classify.</summary>
internal static class CaptionWork
{
    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var pictures = Pictures(order.DataPath);
        var answers = AnswerFile.Open(Path.Combine(folder, AnswerFile.Name));
        using var model = PictureModel.Load(order);
        using var batches = new PreparedBatches(model.Preprocessor);
        var done = answers.Ids.Count;
        foreach (var batch in batches.Read(pictures.Where(p => !answers.Ids.Contains(p.Id)).Select(p => (p.Id, p.Source)).ToList(), cancellation))
        {
            var said = model.Answer([.. batch.Where(p => p.Picture is not null).Select(p => p.Picture!)]);
            var next = 0;
            answers.Add([.. batch.Select(p => p.Picture is null ? new PictureAnswer(p.Id) { Problem = DiscreetText.Of(p.Problem!) } : said[next++] with { Id = p.Id })]);
            done += batch.Count;
            progress.Report(new RunProgress("pictures", done, pictures.Count, "pictures"));
        }
        return new JobOutcome(new JobResult { Task = model.Task, Pictures = pictures.Count - answers.Problems, Skipped = answers.Problems, Answers = true });
    }

    // Pictures need neither captions nor classes here: of a data set of the service its rows are taken, described or not.
    private static IReadOnlyList<EmbeddingItem> Pictures(string path) =>
        File.Exists(path) && Path.GetExtension(path) == ".jsonl" ? [.. File.ReadLines(path).Select(line => Picture(path, line))] : EmbeddingItem.Of(DatasetReader.Open(path).Pictures);

    private static EmbeddingItem Picture(string dataset, string line)
    {
        using var row = JsonDocument.Parse(line);
        var name = row.RootElement.GetProperty("file_name").GetString()!;
        var folder = Path.GetDirectoryName(dataset)!;
        var beside = Path.GetFullPath(Path.Combine(folder, name));
        return new EmbeddingItem(name, new PictureSource(File.Exists(beside) ? beside : Path.GetFullPath(Path.Combine(folder, "..", name))));
    }
}
