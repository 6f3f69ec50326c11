using System.Text.Json;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>All images of a data set captioned or classified into a file, like captiontl caption and classify.</summary>
internal static class CaptionWork
{
    public static JobOutcome Run(JobOrder order, string folder, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        var images = Images(order.DataPath);
        var answers = AnswerFile.Open(Path.Combine(folder, AnswerFile.Name));
        string task;
        using (var bundle = ModelBundle.Open(order.Bundle!)) task = bundle.Manifest.Task;
        using var captioner = task == "caption" ? Captioner.Load(order.Bundle!, order.Precision) : null;
        using var classifier = task == "classify" ? Classifier.Load(order.Bundle!, order.Precision) : null;
        using var batches = new PreparedBatches(captioner?.Preprocessor ?? classifier!.Preprocessor);
        var left = images.Where(p => !answers.Ids.Contains(p.Id)).Select(p => (p.Id, p.Source)).ToList();
        var done = answers.Ids.Count;
        foreach (var batch in batches.Read(left, cancellation))
        {
            List<RgbImage> readable = [.. batch.Where(p => p.Image is not null).Select(p => p.Image!)];
            var answered = new Queue<ImageAnswer>(captioner is not null ? Caption(captioner, readable, order.Request)
                : Classify(classifier!, readable, order.Request));
            answers.Add([.. batch.Select(p => p.Image is null ? new ImageAnswer(p.Id) { Problem = DiscreetText.Of(p.Problem!) }
                : answered.Dequeue() with { Id = p.Id })]);
            done += batch.Count;
            progress.Report(new RunProgress("images", done, images.Count, "images"));
        }
        return new JobOutcome(new JobResult
        {
            Task = task,
            Images = images.Count - answers.Problems,
            Skipped = answers.Problems,
            Answers = true,
        });
    }

    private static IEnumerable<ImageAnswer> Caption(Captioner captioner, List<RgbImage> images, JobRequest request)
    {
        var defaults = captioner.Manifest.Decoding!;
        var best = request.Best ?? 1;
        var options = (defaults with { NBest = best, Beam = request.Beam ?? Math.Max(defaults.Beam, best) }).Validated();
        return captioner.Describe(images, options).Select(r => new ImageAnswer("")
        {
            Caption = r.Text,
            Confidence = Math.Round(r.Captions[0].Confidence, 4),
            Captions = best > 1 ? [.. r.Captions.Select(c => new AnsweredCaption(c.Text, Math.Round(c.Confidence, 4)))] : null,
        });
    }

    private static IEnumerable<ImageAnswer> Classify(Classifier classifier, List<RgbImage> images, JobRequest request) =>
        classifier.Classify(images)
            .Select(c => new ImageAnswer("") { Class = c.Best.Name, Classes = [.. c.Ranked.Take(request.Best ?? 1)] });

    // Images need neither captions nor classes here: of a data set of the service all rows are taken, described or not.
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

/// <summary>
/// An <see cref="ImageAnswer"/> a line, written batch by batch; the answers of a lost process are kept. The file is opened by its name for
/// each batch: where another lease has renamed the folder (see <see cref="RunFolders"/>), the next batch finds no file and fails.
/// </summary>
internal sealed class AnswerFile
{
    public const string Name = "answers.jsonl";

    private readonly string _path;
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private AnswerFile(string path) => _path = path;

    /// <summary>Names of the images answered.</summary>
    public IReadOnlySet<string> Ids => _ids;

    /// <summary>Images that could not be read.</summary>
    public int Problems { get; private set; }

    /// <summary>Opens or creates the file, and cuts off a line that is not whole.</summary>
    public static AnswerFile Open(string path)
    {
        var whole = new List<ImageAnswer>();
        var length = 0L;
        if (File.Exists(path))
        {
            foreach (var line in File.ReadLines(path))
            {
                if (Parse(line) is not { } answer) break;
                whole.Add(answer);
                length += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            }
        }
        using (var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.SetLength(Math.Min(length, stream.Length));
        var file = new AnswerFile(path);
        foreach (var answer in whole) file.Count(answer);
        return file;
    }

    /// <exception cref="IOException">The folder is another lease's now.</exception>
    public void Add(IEnumerable<ImageAnswer> batch)
    {
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(0, SeekOrigin.End);
        using var writer = new StreamWriter(stream);
        foreach (var answer in batch)
        {
            writer.Write(JsonSerializer.Serialize(answer, Json.Compact) + "\n");
            Count(answer);
        }
    }

    private void Count(ImageAnswer answer)
    {
        _ids.Add(answer.Id);
        if (answer.Problem is not null) Problems++;
    }

    private static ImageAnswer? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ImageAnswer>(line, Json.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
