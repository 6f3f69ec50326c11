using System.Text;
using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

/// <summary>Reads event files back as the formats' definitions say: frames, checksums, then any protobuf fields in any order.</summary>
internal static class EventFileReader
{
    public static IReadOnlyList<EventRead> Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        var events = new List<EventRead>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var head = reader.ReadBytes(8);
            reader.ReadUInt32().ShouldBe(MaskedCrc32C.Of(head));
            var data = reader.ReadBytes(BitConverter.ToInt32(head));
            reader.ReadUInt32().ShouldBe(MaskedCrc32C.Of(data));
            events.Add(Event(data));
        }
        return events;
    }

    /// <summary>The one event file of a run folder.</summary>
    public static IReadOnlyList<EventRead> ReadRun(string folder) =>
        Read(Directory.GetFiles(folder, "events.out.tfevents.*").ShouldHaveSingleItem());

    private static EventRead Event(byte[] data)
    {
        var read = new EventRead(0, 0, null, []);
        foreach (var (field, value) in Fields(data))
            read = field switch
            {
                1 => read with { Seconds = BitConverter.ToDouble(value) },
                2 => read with { Step = BitConverter.ToInt64(value) },
                3 => read with { Version = Encoding.UTF8.GetString(value) },
                5 => read with { Scalars = [.. Fields(value).Select(v => Scalar(v.Value))] },
                _ => throw new InvalidDataException($"an Event has no field {field} here"),
            };
        return read;
    }

    private static (string, float) Scalar(byte[] data)
    {
        var fields = Fields(data).ToDictionary(f => f.Field, f => f.Value);
        return (Encoding.UTF8.GetString(fields[1]), BitConverter.ToSingle(fields[2]));
    }

    private static List<(int Field, byte[] Value)> Fields(byte[] message)
    {
        using var reader = new BinaryReader(new MemoryStream(message));
        var fields = new List<(int, byte[])>();
        while (reader.BaseStream.Position < message.Length)
        {
            var key = reader.Read7BitEncodedInt();
            fields.Add((key >> 3, (key & 7) switch
            {
                0 => BitConverter.GetBytes(reader.Read7BitEncodedInt64()),
                1 => reader.ReadBytes(8),
                2 => reader.ReadBytes(reader.Read7BitEncodedInt()),
                5 => reader.ReadBytes(4),
                var type => throw new InvalidDataException($"wire type {type}"),
            }));
        }
        return fields;
    }

    internal sealed record EventRead(double Seconds, long Step, string? Version, IReadOnlyList<(string Tag, float Value)> Scalars);
}
