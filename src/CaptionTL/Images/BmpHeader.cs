using System.Buffers.Binary;

namespace CaptionTL.Images;

/// <summary>The headers and the palette of a Windows or OS/2 bitmap.</summary>
internal sealed record BmpHeader
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Rows are stored from the top; otherwise, the usual case, from the bottom.</summary>
    public required bool TopDown { get; init; }

    /// <summary>Bits a pixel: 1, 4, 8, 16, 24 or 32.</summary>
    public required int Bits { get; init; }

    /// <summary>Where the first stored row begins, in bytes from the file's start.</summary>
    public required long PixelOffset { get; init; }

    /// <summary>Red, green, blue for every colour; empty above 8 bits.</summary>
    public required byte[] Palette { get; init; }

    public uint RedMask { get; init; }

    public uint GreenMask { get; init; }

    public uint BlueMask { get; init; }

    /// <summary>0 where there is no alpha channel.</summary>
    public uint AlphaMask { get; init; }

    public static ImageException Corrupt(string why) => new(ImageProblem.Corrupt, $"the BMP picture is damaged or cut off: {why}");

    private static ImageException Unsupported(string what) =>
        new(ImageProblem.UnsupportedVariant, $"the BMP picture uses {what}, which is not read; save it again as PNG");

    /// <exception cref="ImageException">Damaged, or a variant that is not read.</exception>
    public static BmpHeader Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FileHeaderBytes + CoreHeaderBytes) throw Corrupt("the file ends within its header");
        var size = BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]);
        if (size is not (CoreHeaderBytes or 16 or 40 or 52 or 56 or 64 or 108 or 124)) throw Unsupported($"a header of {size} bytes");
        if (bytes.Length < FileHeaderBytes + size) throw Corrupt("the file ends within its header");
        var info = bytes.Slice(FileHeaderBytes, size);
        var core = size == CoreHeaderBytes;
        long width = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(core ? 10 : 14)..]);
        var compression = size < 40 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        if (width < 1 || height == 0 || Math.Abs(height) > int.MaxValue) throw Corrupt(FormattableString.Invariant($"its size is {width} × {height}"));
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32)) throw Unsupported($"{bits} bits a pixel");
        if (compression is 1 or 2) throw Unsupported("run-length compression");
        var fields = compression is 3 or 6 && bits is 16 or 32;
        if (compression != 0 && !fields) throw Unsupported($"compression {compression} with {bits} bits");

        // After a plain 40-byte header the masks follow it; later headers contain them.
        var masksAt = FileHeaderBytes + 40;
        var maskCount = !fields ? 0 : size >= 56 || compression == 6 ? 4 : 3;
        var paletteAt = Math.Max(FileHeaderBytes + size, fields ? masksAt + maskCount * 4 : 0);
        if (bytes.Length < paletteAt) throw Corrupt("the file ends within its header");
        var masks = new uint[4];
        for (var i = 0; i < maskCount; i++) masks[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(masksAt + i * 4)..]);
        if (!fields && bits == 16) masks = [0x7C00, 0x03E0, 0x001F, 0];
        if (!fields && bits == 32) masks = [0xFF0000, 0x00FF00, 0x0000FF, 0];

        long offset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]);
        if (offset < paletteAt || offset > bytes.Length) throw Corrupt(FormattableString.Invariant($"its pixels begin at byte {offset} of {bytes.Length}"));
        var used = size < 40 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[32..]);
        return new BmpHeader
        {
            Width = checked((int)width), Height = (int)Math.Abs(height), TopDown = height < 0, Bits = bits, PixelOffset = offset,
            Palette = bits <= 8 ? ReadPalette(bytes[paletteAt..(int)offset], bits, used, core ? 3 : 4) : [],
            RedMask = masks[0], GreenMask = masks[1], BlueMask = masks[2], AlphaMask = masks[3],
        };
    }

    /// <summary>Entries are blue, green, red and, but in OS/2's old header, a byte of nothing.</summary>
    private static byte[] ReadPalette(ReadOnlySpan<byte> bytes, int bits, uint used, int entryBytes)
    {
        var colours = (int)Math.Min(used == 0 ? 1u << bits : Math.Min(used, 1u << bits), bytes.Length / entryBytes);
        if (colours == 0) throw Corrupt("its palette is missing");
        var palette = new byte[colours * 3];
        for (var i = 0; i < colours; i++)
            (palette[i * 3], palette[i * 3 + 1], palette[i * 3 + 2]) = (bytes[i * entryBytes + 2], bytes[i * entryBytes + 1], bytes[i * entryBytes]);
        return palette;
    }
}
