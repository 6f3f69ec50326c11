using System.Buffers.Binary;

namespace CaptionTL.Service.Tests;

/// <summary>Images of a few bytes, byte by byte.</summary>
internal static class SmallImages
{
    /// <summary>One pixel, lossless.</summary>
    public static byte[] WebP => Convert.FromBase64String("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    /// <summary>One pixel, so many times.</summary>
    public static byte[] Gif(int frames)
    {
        const int Header = 19; // signature, screen, two colours
        var one = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");
        return [.. one[..Header], .. Enumerable.Repeat(one[Header..^1], frames).SelectMany(f => f), one[^1]];
    }

    /// <summary>Grey of one byte a pixel, in one strip (TIFF 6.0, section 4).</summary>
    public static byte[] Tiff(int width, int height)
    {
        const int Header = 8, Short = 3, Long = 4;
        (ushort Tag, ushort Type, int Value)[] entries =
        [
            (256, Long, width), (257, Long, height), (258, Short, 8), (259, Short, 1), (262, Short, 1), (273, Long, Header),
                (277, Short, 1), (278, Long, height), (279, Long, width * height),
        ];
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("II*\0"u8);
        writer.Write(Header + width * height);
        for (var i = 0; i < width * height; i++) writer.Write((byte)(i * 7));
        writer.Write((ushort)entries.Length);
        foreach (var (tag, type, value) in entries)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(1);
            writer.Write(value);
        }
        writer.Write(0);
        return file.ToArray();
    }

    /// <summary>A header of that size, and nothing that fills it.</summary>
    public static byte[] PngOf(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2); // eight bits, true colour
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR"u8, header),
            .. Chunk("IDAT"u8, [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        byte[] content = [.. name, .. data];
        var sum = uint.MaxValue;
        foreach (var value in content)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
        }
        var chunk = new byte[content.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        content.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), ~sum);
        return chunk;
    }
}
