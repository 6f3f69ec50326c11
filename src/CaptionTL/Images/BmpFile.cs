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
            throw BmpHeader.Corrupt(FormattableString.Invariant($"its pixels end at byte {header.PixelOffset + stride * height}, the file at {bytes.Length}"));
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
            if (index * 3 >= header.Palette.Length) throw BmpHeader.Corrupt($"a pixel has colour {index}, the palette has {header.Palette.Length / 3}");
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

    /// <summary>Many writers declare an alpha channel and leave it zero everywhere: such a picture is opaque.</summary>
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
