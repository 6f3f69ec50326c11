using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>
/// A PNG's chunks. Its packed rows are unpacked here once to see that all are there: where some are missing ImageSharp leaves pixels
/// black, and in an interlaced image never returns. Each of the seven passes of such an image is therefore handed to it as an image of its
/// own. ImageSharp skips texts and profiles, which may be bombs.
/// </summary>
/// <remarks>ISO/IEC 15948, clauses 5, 8 and 11.</remarks>
internal sealed record PngFile(ReadOnlyMemory<byte> Bytes, ImageHeader Header, PngFile.Chunks Parts) : IImageFile
{
    private const int Signature = 8, LengthAndType = 8, CheckSum = 4, HeaderBytes = 13;
    private const byte AlphaBit = 4;

    /// <summary>Left, top, step to the right and step down of the passes of Adam7.</summary>
    private static readonly (int Left, int Top, int Right, int Down)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>
    /// Where the header's data lie, the chunks of palette and transparency, and those of pixels from the first to the last.
    /// </summary>
    internal readonly record struct Chunks(Range Header, Range? Palette, Range? Transparency, int DataStart, int DataEnd, bool HasEnd);

    private byte Bits => Bytes.Span[Parts.Header][8];

    private byte ColorType => Bytes.Span[Parts.Header][9];

    private bool Interlaced => Bytes.Span[Parts.Header][12] != 0;

    /// <exception cref="InvalidDataException">There is no header.</exception>
    public static PngFile Open(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        Range? header = null, palette = null, transparency = null;
        var (orientation, dataStart, dataEnd, end) = (1, 0, 0, false);
        for (long at = Signature; at + LengthAndType + CheckSum <= bytes.Length && !end;)
        {
            var start = (int)at;
            var length = U32(bytes[start..]);
            at += LengthAndType + (long)length + CheckSum;
            if (at > bytes.Length) break;
            var type = bytes.Slice(start + 4, 4);
            var data = (start + LengthAndType)..((int)at - CheckSum);
            if (type.SequenceEqual("IHDR"u8))
            {
                if (header != null || length != HeaderBytes) throw new InvalidDataException("its header is not one");
                header = data;
            }
            else if (header is null) throw new InvalidDataException("it does not begin with its header");
            else if (type.SequenceEqual("PLTE"u8)) palette ??= start..(int)at;
            else if (type.SequenceEqual("tRNS"u8)) transparency ??= start..(int)at;
            else if (type.SequenceEqual("eXIf"u8)) orientation = ExifOrientation.Read(file[data]);
            else if (type.SequenceEqual("IEND"u8)) end = true;
            else if (type.SequenceEqual("IDAT"u8))
            {
                // Chunks of pixels stand side by side, or the later ones are not read.
                if (dataStart == 0) dataStart = start;
                if (dataEnd == 0 || dataEnd == start) dataEnd = (int)at;
            }
        }
        if (header is not { } known) throw new InvalidDataException("it ends within its header");
        var (width, height) = (U32(bytes[known]), U32(bytes[known][4..]));
        var parts = new Chunks(known, palette, transparency, dataStart, dataEnd, end);
        return new PngFile(file, ImageHeader.Create(ImageFormat.Png, width, height, 1, orientation), parts);
    }

    public RgbImage Decode()
    {
        if (!Parts.HasEnd) throw new InvalidDataException("it ends before its end chunk");
        if (Bits == 16) return Decode<Rgba64>();
        return Parts.Transparency != null || (ColorType & AlphaBit) != 0 ? Decode<Rgba32>() : Decode<Rgb24>();
    }

    private RgbImage Decode<TPixel>() where TPixel : unmanaged, IPixel<TPixel>
    {
        using var rows = Unpack();
        if (Interlaced) return DecodePasses<TPixel>(rows);
        Skip(rows, RowBytes(Header.Stored.Width) * Header.Stored.Height);
        using var image = PixelConversion.Decode<TPixel>(new PngDecoder { IgnoreMetadata = true }, Bytes, Header.Stored);
        return PixelConversion.ToRgb(image);
    }

    private RgbImage DecodePasses<TPixel>(ZLibStream rows) where TPixel : unmanaged, IPixel<TPixel>
    {
        var (width, height) = (Header.Stored.Width, Header.Stored.Height);
        var pixels = new byte[checked(width * height * 3)];
        foreach (var (left, top, right, down) in Passes)
        {
            var size = new PixelSize((width - left + right - 1) / right, (height - top + down - 1) / down);
            if (size.Width < 1 || size.Height < 1) continue;
            using var image = PixelConversion.Decode<TPixel>(new PngDecoder { IgnoreMetadata = true }, Alone(size, rows), size);
            var pass = PixelConversion.ToRgb(image).Pixels;
            var from = 0;
            for (var y = top; y < height; y += down)
            for (var x = left; x < width; x += right, from += 3)
                pass.AsSpan(from, 3).CopyTo(pixels.AsSpan((y * width + x) * 3));
        }
        return new RgbImage(width, height, pixels);
    }

    /// <summary>A pass as a PNG that is not interlaced: its rows are stored in the same way.</summary>
    private byte[] Alone(PixelSize size, ZLibStream rows)
    {
        var bytes = Bytes.Span;
        using var file = new MemoryStream();
        file.Write(bytes[..Signature]);
        var header = bytes[Parts.Header].ToArray();
        BinaryPrimitives.WriteInt32BigEndian(header, size.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), size.Height);
        header[12] = 0;
        Write(file, "IHDR"u8, header);
        if (Parts.Palette is { } palette) file.Write(bytes[palette]);
        if (Parts.Transparency is { } transparency) file.Write(bytes[transparency]);
        using var packed = new MemoryStream();
        using (var pack = new ZLibStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
            Copy(rows, pack, RowBytes(size.Width) * size.Height);
        Write(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        Write(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>The rows of all chunks of pixels, one after the other.</summary>
    private ZLibStream Unpack()
    {
        var bytes = Bytes.Span;
        var packed = new MemoryStream(Parts.DataEnd - Parts.DataStart);
        for (var at = Parts.DataStart; at < Parts.DataEnd;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
            packed.Write(bytes.Slice(at + LengthAndType, length));
            at += LengthAndType + length + CheckSum;
        }
        packed.Position = 0;
        return new ZLibStream(packed, CompressionMode.Decompress);
    }

    /// <summary>A row with the byte of its filter in front.</summary>
    private long RowBytes(int width) => ((long)width * Bits * ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 } + 7) / 8 + 1;

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static void Skip(Stream rows, long count) => Copy(rows, Stream.Null, count);

    private static void Copy(Stream rows, Stream to, long count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            while (count > 0)
            {
                var read = rows.Read(buffer, 0, (int)Math.Min(count, buffer.Length));
                if (read == 0) throw new InvalidDataException("some of its rows are missing");
                to.Write(buffer, 0, read);
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Write(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        var sum = new Crc32();
        sum.Append(type);
        sum.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, sum.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
