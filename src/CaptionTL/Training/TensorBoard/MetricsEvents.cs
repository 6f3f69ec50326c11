using System.Globalization;
using System.Text.Json;

namespace CaptionTL.Training.TensorBoard;

/// <summary>
/// The lines of metrics.jsonl as an event file for TensorBoard, beside it in the run folder. Every number of a line becomes a point of
/// the chart "kind/name", for instance epoch/ciderD or step/loss; steps count on from phase to phase.
/// </summary>
internal sealed class MetricsEvents
{
    private const string Prefix = "events.out.tfevents.";
    private const string Suffix = ".captiontl";

    private readonly string _path;
    private (int Index, long LastStep, long Before) _phase;

    private MetricsEvents(string path) => _path = path;

    /// <summary>
    /// Writes the event file anew, so that it says what metrics.jsonl says, whatever a crash or a rewinding has left. The new file has a new
    /// name, as TensorBoard wants it; the old one goes.
    /// </summary>
    /// <param name="folder">Of the run.</param>
    /// <param name="lines">All of metrics.jsonl, at least one.</param>
    public static MetricsEvents Rebuild(string folder, IReadOnlyList<string> lines)
    {
        Remove(folder);
        using var last = JsonDocument.Parse(lines[^1]);
        var seconds = Seconds(last.RootElement);
        var events = new MetricsEvents(Path.Combine(folder, FormattableString.Invariant($"{Prefix}{(long)seconds:0000000000}{Suffix}")));
        using var file = File.Create(events._path);
        file.Write(EventRecord.Version(seconds));
        foreach (var line in lines) file.Write(events.Record(line));
        return events;
    }

    /// <summary>Removes the event files that this class wrote; those of others stay.</summary>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}")) File.Delete(file);
    }

    /// <summary>Adds the record of one more line.</summary>
    public void Append(string line)
    {
        using var file = new FileStream(_path, FileMode.Append);
        file.Write(Record(line));
    }

    private byte[] Record(string line)
    {
        using var json = JsonDocument.Parse(line);
        var entry = json.RootElement;
        var (phase, step) = (entry.GetProperty("phaseIndex").GetInt32(), entry.GetProperty("step").GetInt64());
        if (phase != _phase.Index) _phase = (phase, 0, _phase.Before + _phase.LastStep);
        _phase.LastStep = step;
        var kind = entry.GetProperty("kind").GetString();
        return EventRecord.Scalars(Seconds(entry), _phase.Before + step,
            entry.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number && p.Name != "step").Select(p => ($"{kind}/{p.Name}", p.Value.GetDouble())));
    }

    private static double Seconds(JsonElement entry) =>
        DateTimeOffset.Parse(entry.GetProperty("time").GetString()!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() / 1000.0;
}
