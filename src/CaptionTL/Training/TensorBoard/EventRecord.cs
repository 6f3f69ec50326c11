using System.Text;

namespace CaptionTL.Training.TensorBoard;

/// <summary>
/// Records of an event file as TensorBoard reads them: TFRecord framing (length as uint64, its masked CRC-32C, data, the data's; all
/// little-endian) around a protobuf Event (tensorflow/core/util/event.proto and framework/summary.proto). The few fields needed
/// are written by hand.
/// </summary>
internal static class EventRecord
{
    // Field numbers and wire types of protobuf: number << 3 | type, with type 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
    private const byte WallTime = (1 << 3) | 1;
    private const byte Step = 2 << 3;
    private const byte FileVersion = (3 << 3) | 2;
    private const byte Summary = (5 << 3) | 2;
    private const byte Value = (1 << 3) | 2;
    private const byte Tag = (1 << 3) | 2;
    private const byte SimpleValue = (2 << 3) | 5;

    /// <summary>The first record of a file.</summary>
    /// <param name="seconds">Since 1970, UTC.</param>
    public static byte[] Version(double seconds) => Framed(Message(w =>
    {
        w.Write(WallTime);
        w.Write(seconds);
        Write(w, FileVersion, "brain.Event:2"u8);
    }));

    /// <summary>Numbers of one step.</summary>
    /// <param name="seconds">Since 1970, UTC.</param>
    /// <param name="step">Place on the x axis.</param>
    /// <param name="scalars">Numbers by tag; a tag is a chart, what is before its slash the group.</param>
    public static byte[] Scalars(double seconds, long step, IEnumerable<(string Tag, double Value)> scalars)
    {
        var summary = Message(w =>
        {
            foreach (var (tag, value) in scalars)
                Write(w, Value, Message(v =>
                {
                    Write(v, Tag, Encoding.UTF8.GetBytes(tag));
                    v.Write(SimpleValue);
                    v.Write((float)value);
                }));
        });
        return Framed(Message(w =>
        {
            w.Write(WallTime);
            w.Write(seconds);
            w.Write(Step);
            w.Write7BitEncodedInt64(step);
            Write(w, Summary, summary);
        }));
    }

    private static byte[] Framed(byte[] data)
    {
        var length = BitConverter.GetBytes((ulong)data.Length);
        return Message(w =>
        {
            w.Write(length);
            w.Write(MaskedCrc32C.Of(length));
            w.Write(data);
            w.Write(MaskedCrc32C.Of(data));
        });
    }

    private static void Write(BinaryWriter writer, byte field, ReadOnlySpan<byte> bytes)
    {
        writer.Write(field);
        writer.Write7BitEncodedInt(bytes.Length); // the same encoding as protobuf's varint
        writer.Write(bytes);
    }

    private static byte[] Message(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true)) write(writer);
        return stream.ToArray();
    }
}
