using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace CaptionTL.Tests.Weights;

/// <summary>Writes zip archives as torch.save does, with the faults a test asks for.</summary>
internal sealed class TorchArchive
{
    /// <summary>Bytes in place of the entry's own local header, by its index.</summary>
    public Func<int, byte[], byte[]> Local { get; init; } = (_, header) => header;

    public Func<int, byte[], byte[]> Central { get; init; } = (_, header) => header;

    public Func<byte[], byte[]> End { get; init; } = record => record;

    public byte[] Write(params (string Name, byte[] Content)[] entries)
    {
        using var file = new MemoryStream();
        var directory = new List<byte>();
        for (var i = 0; i < entries.Length; i++)
        {
            var (name, content) = (Encoding.UTF8.GetBytes(entries[i].Name), entries[i].Content);
            var (start, crc) = ((uint)file.Position, Crc32.HashToUInt32(content));
            file.Write(Local(i, Fields(0x04034b50, [0, 0, 0, 0, 0], crc, content.Length, name.Length, name)));
            file.Write(content);
            var central = Fields(0x02014b50, [0, 0, 0, 0, 0, 0], crc, content.Length, name.Length,
                [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(start), .. name]);
            directory.AddRange(Central(i, central));
        }
        var at = (uint)file.Position;
        file.Write([.. directory]);
        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)entries.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)entries.Length);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), directory.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), at);
        file.Write(End(end));
        return file.ToArray();
    }

    /// <summary>An archive of one pickle and the storages "0", "1", …</summary>
    public byte[] Checkpoint(byte[] pickle, params byte[][] storages) =>
        Write([("t/data.pkl", pickle), ("t/byteorder", "little"u8.ToArray()), .. storages.Select((s, i) => ($"t/data/{i}", s))]);

    private static byte[] Fields(uint signature, ushort[] before, uint crc, int length, int nameLength, byte[] rest)
    {
        var bytes = new List<byte>(BitConverter.GetBytes(signature));
        foreach (var field in before) bytes.AddRange(BitConverter.GetBytes(field));
        bytes.AddRange(BitConverter.GetBytes(crc));
        bytes.AddRange(BitConverter.GetBytes(length));
        bytes.AddRange(BitConverter.GetBytes(length));
        bytes.AddRange(BitConverter.GetBytes((ushort)nameLength));
        bytes.AddRange(BitConverter.GetBytes((ushort)0));
        bytes.AddRange(rest);
        return [.. bytes];
    }
}
