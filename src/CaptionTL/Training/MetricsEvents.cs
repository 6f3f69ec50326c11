using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Google.Protobuf;
using Tensorboard;

namespace CaptionTL.Training;

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
    /// Writes the event file again from metrics.jsonl, so that the two agree after a crash or after lines were dropped. TensorBoard
    /// expects a new file to have a new name; the old one is deleted.
    /// </summary>
    /// <param name="folder">The run's.</param>
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

    /// <summary>Removes the event files that this class wrote, and no others.</summary>
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
            entry.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number && p.Name != "step")
                .Select(p => ($"{kind}/{p.Name}", p.Value.GetDouble())));
    }

    private static double Seconds(JsonElement entry) =>
        DateTimeOffset.Parse(entry.GetProperty("time").GetString()!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() / 1000.0;
}

/// <summary>
/// Records of an event file as TensorBoard reads them: TFRecord framing (length as uint64, its masked CRC-32C, data, the data's; all
/// little-endian) around an Event. The messages are TorchSharp's; its SummaryWriter is not used, because it has times in
/// whole seconds only, steps of 32 bits and a record for each number, and starts another file whenever it is opened.
/// </summary>
internal static class EventRecord
{
    /// <summary>The first record of a file.</summary>
    /// <param name="seconds">Since 1970, UTC.</param>
    public static byte[] Version(double seconds) => Framed(new Event { WallTime = seconds, FileVersion = "brain.Event:2" });

    /// <summary>The values of one step.</summary>
    /// <param name="seconds">Since 1970, UTC.</param>
    /// <param name="step">Place on the x axis.</param>
    /// <param name="scalars">Values by tag; each tag is a chart, grouped by what precedes its slash.</param>
    public static byte[] Scalars(double seconds, long step, IEnumerable<(string Tag, double Value)> scalars)
    {
        var summary = new Summary();
        foreach (var (tag, value) in scalars) summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        return Framed(new Event { WallTime = seconds, Step = step, Summary = summary });
    }

    private static byte[] Framed(Event message)
    {
        var data = message.ToByteArray();
        var length = BitConverter.GetBytes((ulong)data.Length);
        return [.. length, .. BitConverter.GetBytes(MaskedCrc32C.Of(length)), .. data, .. BitConverter.GetBytes(MaskedCrc32C.Of(data))];
    }
}

/// <summary>
/// The checksum of TFRecord files: CRC-32C (Castagnoli; RFC 3720, appendix B.4), rotated and offset so that it also serves for data that
/// contains checksums (TensorFlow, lib/hash/crc32c.h). System.IO.Hashing has no CRC-32 of this polynomial.
/// </summary>
internal static class MaskedCrc32C
{
    private const uint Delta = 0xa282ead8;

    public static uint Of(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Crc(data), 15) + Delta;

    /// <summary>Without the mask.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
