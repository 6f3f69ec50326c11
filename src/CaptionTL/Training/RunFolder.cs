using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Training;

/// <summary>
/// What a training run leaves on disk: plan.resolved.json, split.json, vocab.txt, metrics.jsonl (one object a line),
/// checkpoints/last and best, samples/, model.captiontl.
/// </summary>
public sealed class RunFolder
{
    /// <summary>Creates the folders where they are missing.</summary>
    public RunFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(In("checkpoints"));
        Directory.CreateDirectory(In("samples"));
        foreach (var folder in new[] { Path, In("checkpoints"), In("samples") }) AtomicFile.RemoveLeftovers(folder);
    }

    public string Path { get; }

    public string Plan => In("plan.resolved.json");

    public string Split => In("split.json");

    public string Vocabulary => In("vocab.txt");

    public string Metrics => In("metrics.jsonl");

    public string LastCheckpoint => In(System.IO.Path.Combine("checkpoints", "last.safetensors"));

    public string BestCheckpoint => In(System.IO.Path.Combine("checkpoints", "best.safetensors"));

    public string Bundle => In("model.captiontl");

    public string Samples(string phase, int epoch) => In(System.IO.Path.Combine("samples", FormattableString.Invariant($"{phase}-{epoch:000}.json")));

    /// <summary>Adds a line to metrics.jsonl.</summary>
    public void Log(object entry) => File.AppendAllText(Metrics, JsonSerializer.Serialize(entry, Json.Compact) + "\n");

    /// <summary>Drops the lines written after the checkpoint that training goes on from, and a line cut short by a crash.</summary>
    public void RewindMetrics(Func<JsonElement, bool> keep)
    {
        if (!File.Exists(Metrics)) return;
        var lines = File.ReadLines(Metrics).Where(line => Keeps(line, keep)).ToList();
        AtomicFile.WriteAllText(Metrics, string.Concat(lines.Select(l => l + "\n")));
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
