using System.Buffers.Binary;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>A GIF's blocks. ImageSharp is handed the first frame alone.</summary>
/// <remarks>GIF89a specification, sections 17 to 27.</remarks>
internal sealed record GifFile(ReadOnlyMemory<byte> Bytes, ImageHeader Header, int ScreenEnd, Range? Control, Range? FirstFrame)
    : IImageFile
{
    private const int ScreenBytes = 13, DescriptorBytes = 10, ControlBytes = 8;
    private const byte Extension = 0x21, GraphicControl = 0xF9, Frame = 0x2C, Trailer = 0x3B;

    /// <exception cref="InvalidDataException">There is no header.</exception>
    public static GifFile Open(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < ScreenBytes) throw new InvalidDataException("it ends within its header");
        var (width, height) = (U16(bytes, 6), U16(bytes, 8));
        var screenEnd = ScreenBytes + ColorTable(bytes[10]);
        var frames = 0;
        Range? control = null, first = null;
        for (var at = screenEnd; at < bytes.Length && bytes[at] != Trailer;)
        {
            var start = at;
            if (bytes[at] == Extension)
            {
                at = SubBlocks(bytes, at + 2);
                if (at >= 0 && first is null && bytes[start + 1] == GraphicControl && at - start == ControlBytes) control = start..at;
            }
            else if (bytes[at] == Frame && at + DescriptorBytes < bytes.Length)
            {
                frames++;
                at = SubBlocks(bytes, at + DescriptorBytes + ColorTable(bytes[at + 9]) + 1);
                // Where the screen has no size of its own, it is the first frame's.
                if (frames == 1 && (width == 0 || height == 0))
                    (width, height) = (U16(bytes, start + 5), U16(bytes, start + 7));
                if (at >= 0 && frames == 1) first = start..at;
            }
            else break;
            if (at < 0) break;
        }
        return new GifFile(file, ImageHeader.Create(ImageFormat.Gif, width, height, Math.Max(1, frames), 1), screenEnd, control, first);
    }

    public RgbImage Decode()
    {
        if (FirstFrame is not { } frame) throw new InvalidDataException("it ends before its first frame does");
        var bytes = Bytes.Span;
        var descriptor = bytes[frame];
        var (right, bottom) = (U16(descriptor, 1) + U16(descriptor, 5), U16(descriptor, 3) + U16(descriptor, 7));
        if (right > Header.Width || bottom > Header.Height) throw new InvalidDataException("its first frame is larger than its screen");
        byte[] alone = [.. bytes[..ScreenEnd], .. Control is { } control ? bytes[control] : [], .. descriptor, Trailer];
        BinaryPrimitives.WriteUInt16LittleEndian(alone.AsSpan(6), (ushort)Header.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(alone.AsSpan(8), (ushort)Header.Height);
        var decoder = new GifDecoder { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First };
        using var image = PixelConversion.Decode<Rgba32>(decoder, alone, Header.Stored);
        return PixelConversion.ToRgb(image);
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static int ColorTable(byte flags) => (flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0;

    /// <summary>The position behind the empty sub-block that ends a chain, or −1.</summary>
    private static int SubBlocks(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length)
        {
            if (bytes[at] == 0) return at + 1;
            at += 1 + bytes[at];
        }
        return -1;
    }
}
