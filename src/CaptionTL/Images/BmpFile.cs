using System.Buffers.Binary;
using System.Numerics;

namespace CaptionTL.Images;

/// <summary>
/// Windows and OS/2 bitmaps of 1, 4, 8, 16, 24 and 32 bits without run lengths, read strictly: every offset is checked
/// against the file's length before it is followed.
/// </summary>
/// <remarks>Layout: BITMAPFILEHEADER, then BITMAPCOREHEADER or BITMAPINFOHEADER to BITMAPV5HEADER (Windows GDI documentation).</remarks>
internal sealed class BmpFile(ReadOnlyMemory<byte> file, BmpHeader header) : IImageFile
{
    public ImageHeader Header { get; } = ImageHeader.Create(ImageFormat.Bmp, header.Width, header.Height, 1, 1);

    /// <exception cref="ImageException">Damaged, or a variant that is not read.</exception>
    public static BmpFile Open(ReadOnlyMemory<byte> file) => new(file, BmpHeader.Parse(file.Span));

    /// <exception cref="ImageException">Damaged or cut off.</exception>
    public RgbImage Decode()
    {
        var bytes = file.Span;
        var (width, height) = (header.Width, header.Height);
        var stride = ((long)width * header.Bits + 31) / 32 * 4;
        if (header.PixelOffset + stride * height > bytes.Length)
            throw BmpHeader.Corrupt(
                FormattableString.Invariant($"its pixels end at byte {header.PixelOffset + stride * height}, the file at {bytes.Length}"));
        var pixels = new byte[checked(width * height * 3)];
        var transparent = header.AlphaMask != 0 && HasAlpha(bytes, header, stride);
        for (var y = 0; y < height; y++)
        {
            var row = bytes.Slice((int)(header.PixelOffset + stride * (header.TopDown ? y : height - 1 - y)), (int)stride);
            var target = pixels.AsSpan(y * width * 3, width * 3);
            if (header.Bits <= 8) Indexed(row, header, target);
            else if (header.Bits == 24) Bgr(row, target);
            else Masked(row, header, transparent, target);
        }
        return new RgbImage(width, height, pixels);
    }

    private static void Indexed(ReadOnlySpan<byte> row, BmpHeader header, Span<byte> target)
    {
        for (var x = 0; x < header.Width; x++)
        {
            var bit = x * header.Bits;
            var index = (row[bit >> 3] >> (8 - header.Bits - (bit & 7))) & ((1 << header.Bits) - 1);
            if (index * 3 >= header.Palette.Length)
                throw BmpHeader.Corrupt($"a pixel has colour {index}, the palette has {header.Palette.Length / 3}");
            header.Palette.AsSpan(index * 3, 3).CopyTo(target[(x * 3)..]);
        }
    }

    private static void Bgr(ReadOnlySpan<byte> row, Span<byte> target)
    {
        for (var i = 0; i < target.Length; i += 3) (target[i], target[i + 1], target[i + 2]) = (row[i + 2], row[i + 1], row[i]);
    }

    /// <summary>16 or 32 bits a pixel, each channel a mask.</summary>
    private static void Masked(ReadOnlySpan<byte> row, BmpHeader header, bool transparent, Span<byte> target)
    {
        for (var x = 0; x < header.Width; x++)
        {
            var value = Word(row, x, header.Bits);
            var (r, g, b) = (Channel(value, header.RedMask), Channel(value, header.GreenMask), Channel(value, header.BlueMask));
            if (transparent)
            {
                var a = Channel(value, header.AlphaMask);
                (r, g, b) = (OverWhite(r, a), OverWhite(g, a), OverWhite(b, a));
            }
            (target[x * 3], target[x * 3 + 1], target[x * 3 + 2]) = ((byte)r, (byte)g, (byte)b);
        }
    }

    /// <summary>Many writers declare an alpha channel and leave it zero everywhere: such an image is opaque.</summary>
    private static bool HasAlpha(ReadOnlySpan<byte> bytes, BmpHeader header, long stride)
    {
        for (var y = 0; y < header.Height; y++)
        {
            var row = bytes.Slice((int)(header.PixelOffset + stride * y), (int)stride);
            for (var x = 0; x < header.Width; x++)
                if ((Word(row, x, header.Bits) & header.AlphaMask) != 0) return true;
        }
        return false;
    }

    private static uint Word(ReadOnlySpan<byte> row, int x, int bits) =>
        bits == 16 ? BinaryPrimitives.ReadUInt16LittleEndian(row[(x * 2)..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[(x * 4)..]);

    /// <summary>The bits under the mask, scaled so that all ones give 255.</summary>
    private static uint Channel(uint value, uint mask)
    {
        if (mask == 0) return 0;
        var shift = BitOperations.TrailingZeroCount(mask);
        ulong full = mask >> shift;
        return (uint)((((value & mask) >> shift) * 255UL + full / 2) / full);
    }

    private static uint OverWhite(uint channel, uint alpha) => (channel * alpha + 255 * (255 - alpha) + 127) / 255;
}

/// <summary>The headers and the palette of a Windows or OS/2 bitmap.</summary>
internal sealed record BmpHeader
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Rows are stored from the top; otherwise, as in most files, from the bottom.</summary>
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

    public static ImageException Corrupt(string why) => new(ImageProblem.Corrupt, $"the BMP image is damaged or cut off: {why}");

    private static ImageException Unsupported(string what) =>
        new(ImageProblem.UnsupportedVariant, $"the BMP image uses {what}, which is not read; save it again as PNG");

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
        if (width < 1 || height == 0 || Math.Abs(height) > int.MaxValue)
            throw Corrupt(FormattableString.Invariant($"its size is {width} × {height}"));
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
        if (offset < paletteAt || offset > bytes.Length)
            throw Corrupt(FormattableString.Invariant($"its pixels begin at byte {offset} of {bytes.Length}"));
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
            (palette[i * 3], palette[i * 3 + 1], palette[i * 3 + 2]) = (bytes[i * entryBytes + 2], bytes[i * entryBytes + 1],
                bytes[i * entryBytes]);
        return palette;
    }
}
