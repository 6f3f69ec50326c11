using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using CaptionTL.Images;

namespace CaptionTL.Tests;

/// <summary>PNGs byte by byte (ISO/IEC 15948), so that tests have some without a library, and palettes of their own choice.</summary>
internal static class PngWriter
{
    private const byte TrueColor = 2, Palette = 3;

    /// <summary>Eight bits a channel.</summary>
    public static byte[] Rgb(RgbImage image)
    {
        using var file = Begin(image.Width, image.Height, 8, TrueColor);
        Finish(file, Enumerable.Range(0, image.Height).Select(y => image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3).ToArray()));
        return file.ToArray();
    }

    /// <summary>Eight bits a channel, in the seven passes of Adam7.</summary>
    public static byte[] Interlaced(RgbImage image)
    {
        using var file = Begin(image.Width, image.Height, 8, TrueColor, interlaced: true);
        (int Left, int Top, int Right, int Down)[] passes =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        Finish(file, passes.Where(p => p.Left < image.Width).SelectMany(p => Steps(p.Top, image.Height, p.Down).Select(y =>
            Steps(p.Left, image.Width, p.Right)
                .SelectMany(x => image.Pixels[((y * image.Width + x) * 3)..((y * image.Width + x) * 3 + 3)]).ToArray())));
        return file.ToArray();

        static IEnumerable<int> Steps(int from, int to, int step)
        {
            for (var i = from; i < to; i += step) yield return i;
        }
    }

    /// <summary>A header of that size, and no pixels behind it.</summary>
    public static byte[] HeaderOnly(int width, int height)
    {
        using var file = Begin(width, height, 8, TrueColor);
        Finish(file, []);
        return file.ToArray();
    }

    /// <summary>Sixteen bits a channel.</summary>
    public static byte[] Deep(int width, int height, ushort[] samples)
    {
        using var file = Begin(width, height, 16, TrueColor);
        Finish(file, samples.Chunk(width * 3).Select(row => row.SelectMany(s => (byte[])[(byte)(s >> 8), (byte)s]).ToArray()));
        return file.ToArray();
    }

    public static byte[] Indexed(int width, int height, int bits, byte[] indices, byte[] palette, byte[]? transparency = null)
    {
        using var file = Begin(width, height, bits, Palette);
        Chunk(file, "PLTE"u8, palette);
        if (transparency != null) Chunk(file, "tRNS"u8, transparency);
        Finish(file, Enumerable.Range(0, height).Select(y =>
        {
            var row = new byte[(width * bits + 7) / 8];
            for (var x = 0; x < width; x++) row[x * bits / 8] |= (byte)(indices[y * width + x] << (8 - bits - x * bits % 8));
            return row;
        }));
        return file.ToArray();
    }

    private static MemoryStream Begin(int width, int height, int bits, byte colorType, bool interlaced = false)
    {
        var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bits, colorType, interlaced ? (byte)1 : (byte)0);
        Chunk(file, "IHDR"u8, header);
        return file;
    }

    /// <summary>Rows without a filter, and the end.</summary>
    private static void Finish(MemoryStream file, IEnumerable<byte[]> rows)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                deflate.WriteByte(0);
                deflate.Write(row);
            }
        }
        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
    }

    /// <summary>The same file with an eXIf chunk after its header: one entry, tag 0x0112.</summary>
    public static byte[] WithOrientation(byte[] png, int orientation) =>
        WithChunk(
            png, "eXIf"u8, [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]);

    /// <summary>The same file with one more chunk after its header.</summary>
    public static byte[] WithChunk(byte[] png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        const int HeaderEnd = 33;
        using var file = new MemoryStream();
        file.Write(png.AsSpan(0, HeaderEnd));
        Chunk(file, type, data);
        file.Write(png.AsSpan(HeaderEnd));
        return file.ToArray();
    }

    /// <summary>Every chunk's, in place, as far as their lengths can be followed.</summary>
    public static void RepairCheckSums(Span<byte> png)
    {
        for (long at = 8; at + 12 <= png.Length;)
        {
            var chunk = png[(int)at..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - 12) return;
            BinaryPrimitives.WriteUInt32BigEndian(chunk[((int)length + 8)..], Crc32.HashToUInt32(chunk.Slice(4, (int)length + 4)));
            at += length + 12L;
        }
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        var start = (int)file.Position;
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(file.GetBuffer().AsSpan(start, (int)file.Position - start)));
        file.Write(number);
    }
}
