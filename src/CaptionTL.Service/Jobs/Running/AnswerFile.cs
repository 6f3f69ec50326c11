using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>
/// An <see cref="ImageAnswer"/> a line, added to batch by batch; what a lost process has written is gone on from. The file is opened by
/// its name for each batch: where another lease has renamed the folder (see <see cref="RunFolders"/>), the next batch finds no file and
/// fails.
/// </summary>
internal sealed class AnswerFile
{
    public const string Name = "answers.jsonl";

    private readonly string _path;
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private AnswerFile(string path) => _path = path;

    /// <summary>Images answered.</summary>
    public IReadOnlySet<string> Ids => _ids;

    /// <summary>Images that could not be read.</summary>
    public int Problems { get; private set; }

    /// <summary>The file as far as its lines are whole.</summary>
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

/// <summary>The samples that a run leaves after each epoch: samples/PHASE-EPOCH.json.</summary>
internal sealed class SampleFiles(string folder)
{
    private const int Shown = 5;

    private IReadOnlyList<JobSample>? _latest;
    private DateTime _written;

    /// <summary>Some of the newest samples of any run below the folder.</summary>
    /// <param name="look">Whether there may be newer ones than the last time.</param>
    public IReadOnlyList<JobSample>? Latest(bool look)
    {
        if (!look) return _latest;
        var newest = Directory.EnumerateDirectories(folder, "samples", SearchOption.AllDirectories).SelectMany(Files)
            .Select(p => (Path: p, Written: File.GetLastWriteTimeUtc(p)))
            .OrderByDescending(p => p.Written).FirstOrDefault();
        if (newest.Path is null || newest.Written == _written) return _latest;
        _written = newest.Written;
        return _latest = [.. Read(newest.Path).Take(Shown)];
    }

    /// <summary>All of a run, in the order they were written.</summary>
    public static IReadOnlyList<RunSamples> All(string run)
    {
        var samples = Path.Combine(run, "samples");
        return Directory.Exists(samples) ? [.. Files(samples).OrderBy(File.GetLastWriteTimeUtc)
            .Select(p => new RunSamples(Path.GetFileNameWithoutExtension(p), Read(p)))] : [];
    }

    private static IEnumerable<string> Files(string samples) => Directory.EnumerateFiles(samples, "*.json");

    private static IReadOnlyList<JobSample> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<List<JobSample>>(File.ReadAllText(path), Json.Lenient) ?? [];
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return []; // not worth failing for
        }
    }
}
