using System.Buffers.Binary;
using System.IO.Compression;

namespace CaptionTL.Tests.Images;

/// <summary>Palette PNGs, byte by byte (ISO/IEC 15948): libvips chooses its palettes itself.</summary>
internal static class PngWriter
{
    public static byte[] Indexed(int width, int height, int bits, byte[] indices, byte[] palette, byte[]? transparency = null)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)bits, 3);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "PLTE"u8, palette);
        if (transparency != null) Chunk(file, "tRNS"u8, transparency);
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                var row = new byte[1 + (width * bits + 7) / 8];
                for (var x = 0; x < width; x++) row[1 + x * bits / 8] |= (byte)(indices[y * width + x] << (8 - bits - x * bits % 8));
                deflate.Write(row);
            }
        }
        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>The same file with an eXIf chunk after its header: one entry, tag 0x0112.</summary>
    public static byte[] WithOrientation(byte[] png, int orientation)
    {
        const int HeaderEnd = 33;
        using var file = new MemoryStream();
        file.Write(png.AsSpan(0, HeaderEnd));
        Chunk(file, "eXIf"u8, [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]);
        file.Write(png.AsSpan(HeaderEnd));
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        var start = (int)file.Position;
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(file.GetBuffer().AsSpan(start, (int)file.Position - start)));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
