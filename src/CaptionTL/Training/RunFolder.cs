using System.Text.Json;
using CaptionTL.Classes;
using CaptionTL.IO;

namespace CaptionTL.Training;

/// <summary>
/// What a training run leaves on disk: plan.resolved.json, split.json, vocab.txt or labels.txt, metrics.jsonl (one object a line) and
/// the same numbers as an event file for TensorBoard, checkpoints/last and best, samples/, model.captiontl; where classes were learned,
/// report.html and answers.json.
/// </summary>
public sealed class RunFolder
{
    /// <summary>The resolved plan; a folder without it holds no run.</summary>
    public const string PlanFile = "plan.resolved.json";

    /// <summary>In a run that learned classes, its answer to every dev image (see <see cref="RunAnswers"/>).</summary>
    public const string AnswersFile = "answers.json";

    private MetricsEvents? _events;

    /// <summary>Creates the folders where they are missing.</summary>
    public RunFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(In("checkpoints"));
        Directory.CreateDirectory(In("samples"));
        foreach (var folder in new[] { Path, In("checkpoints"), In("samples") }) AtomicFile.RemoveLeftovers(folder);
    }

    /// <summary>
    /// Removes what a run writes, and nothing else: other files may be the user's own. Checkpoints go first and the plan last, so
    /// that an interrupted removal leaves a run without checkpoints, and not checkpoints without a run.
    /// </summary>
    public static void Clear(string folder)
    {
        foreach (var sub in new[] { "checkpoints", "samples" })
            if (Directory.Exists(System.IO.Path.Combine(folder, sub)))
                Directory.Delete(System.IO.Path.Combine(folder, sub), recursive: true);
        MetricsEvents.Remove(folder);
        foreach (var file in new[] { "model.captiontl", "report.html", AnswersFile, "metrics.jsonl", "labels.txt", "vocab.txt",
            "split.json", PlanFile }) File.Delete(System.IO.Path.Combine(folder, file));
    }

    public string Path { get; }

    public string Split => In("split.json");

    public string Vocabulary => In("vocab.txt");

    /// <summary>Class names, one a line.</summary>
    public string Labels => In("labels.txt");

    /// <summary>Scores with images, for a browser.</summary>
    public string Report => In("report.html");

    public string Answers => In(AnswersFile);

    public string Metrics => In("metrics.jsonl");

    public string LastCheckpoint => In(System.IO.Path.Combine("checkpoints", "last.safetensors"));

    public string BestCheckpoint => In(System.IO.Path.Combine("checkpoints", "best.safetensors"));

    public string Bundle => In("model.captiontl");

    public string Samples(string phase, int epoch) =>
        In(System.IO.Path.Combine("samples", FormattableString.Invariant($"{phase}-{epoch:000}.json")));

    /// <summary>Adds a line to metrics.jsonl and a record to the event file, which the first line of a start writes again.</summary>
    /// <param name="entry">With kind, phaseIndex, step and time.</param>
    public void Log(object entry)
    {
        var line = JsonSerializer.Serialize(entry, Json.Compact);
        File.AppendAllText(Metrics, line + "\n");
        if (_events is null) _events = MetricsEvents.Rebuild(Path, File.ReadAllLines(Metrics));
        else _events.Append(line);
    }

    /// <summary>Drops the lines written after the checkpoint that training resumes from, and a line cut short by a crash.</summary>
    public void RewindMetrics(Func<JsonElement, bool> keep)
    {
        if (!File.Exists(Metrics)) return;
        var lines = File.ReadLines(Metrics).Where(line => Keeps(line, keep)).ToList();
        AtomicFile.WriteAllText(Metrics, string.Concat(lines.Select(l => l + "\n")));
        _events = null;
    }

    private static bool Keeps(string line, Func<JsonElement, bool> keep)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return keep(json.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>Scores on the dev split, by name; higher is better in each.</summary>
/// <param name="Main">Name of the one that chooses the best epoch.</param>
/// <param name="Values">All of them.</param>
public sealed record RunScores(string Main, IReadOnlyDictionary<string, double> Values)
{
    public double this[string name] => Values[name];

    /// <summary>The main score.</summary>
    internal double Best => Values[Main];
}
