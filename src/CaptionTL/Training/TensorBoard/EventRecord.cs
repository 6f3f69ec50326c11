using Google.Protobuf;
using Tensorboard;

namespace CaptionTL.Training.TensorBoard;

/// <summary>
/// Records of an event file as TensorBoard reads them: TFRecord framing (length as uint64, its masked CRC-32C, data, the data's; all
/// little-endian) around an Event. The messages are TorchSharp's; its SummaryWriter is not used, since it knows times in whole seconds
/// only, steps of 32 bits and a record for each number, and begins another file at each start.
/// </summary>
internal static class EventRecord
{
    /// <summary>The first record of a file.</summary>
    /// <param name="seconds">Since 1970, UTC.</param>
    public static byte[] Version(double seconds) => Framed(new Event { WallTime = seconds, FileVersion = "brain.Event:2" });

    /// <summary>Numbers of one step.</summary>
    /// <param name="seconds">Since 1970, UTC.</param>
    /// <param name="step">Place on the x axis.</param>
    /// <param name="scalars">Numbers by tag; a tag is a chart, what is before its slash the group.</param>
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
