using System.Buffers.Binary;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>
/// A WebP's chunks. ImageSharp reads no animations and follows chunk lengths out of the file; it is handed a new file that holds the first
/// frame's pixels and alpha and nothing else.
/// </summary>
/// <remarks>WebP container specification; VP8: RFC 6386, 9.1; VP8L: WebP lossless bitstream specification, section 3.</remarks>
internal sealed record WebPFile(ReadOnlyMemory<byte> Bytes, ImageHeader Header, WebPFile.Frame? First, bool HasEnd) : IImageFile
{
    private const int RiffHeader = 12, ChunkHeader = 8, FrameHeader = 16;

    /// <summary>Where a frame lies on the canvas, its size, and its chunks (headers included).</summary>
    internal sealed record Frame(int Left, int Top, PixelSize Size, Range Pixels, Range? Alpha);

    /// <exception cref="InvalidDataException">There is no header.</exception>
    public static WebPFile Open(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var end = bytes.Length >= RiffHeader ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + 8L : long.MaxValue;
        PixelSize? canvas = null;
        Frame? first = null;
        Range? alpha = null;
        var (frames, orientation) = (0, 1);
        for (long at = RiffHeader; Next(bytes, ref at, bytes.Length) is { } chunk;)
        {
            var data = bytes[chunk][ChunkHeader..];
            switch (Type(bytes[chunk]))
            {
                case "VP8X" when data.Length >= 10:
                    canvas ??= new PixelSize(U24(data, 4) + 1, U24(data, 7) + 1);
                    break;
                case "ANMF" when data.Length >= FrameHeader:
                    frames++;
                    first ??= FrameOf(bytes, chunk, data);
                    break;
                case "ALPH":
                    alpha ??= chunk;
                    break;
                case "VP8 " or "VP8L":
                    first ??= new Frame(0, 0, SizeOf(bytes[chunk]), chunk, alpha);
                    break;
                case "EXIF":
                    orientation = ExifOrientation.Read(file[chunk][ChunkHeader..]);
                    break;
            }
        }
        if ((canvas ?? first?.Size ?? HeaderOfCutOff(bytes)) is not { } size) throw new InvalidDataException("it ends within its header");
        var header = ImageHeader.Create(ImageFormat.WebP, size.Width, size.Height, Math.Max(1, frames), orientation);
        return new WebPFile(file, header, first, end <= bytes.Length);
    }

    public RgbImage Decode()
    {
        if (!HasEnd || First is not { } frame) throw new InvalidDataException("it ends before its pixels do");
        var canvas = Header.Stored;
        if (frame.Left + frame.Size.Width > canvas.Width || frame.Top + frame.Size.Height > canvas.Height)
            throw new InvalidDataException("its first frame is larger than its canvas");
        using var image = PixelConversion.Decode<Rgba32>(new WebpDecoder { IgnoreMetadata = true }, Alone(frame), frame.Size);
        if (frame.Size == canvas) return PixelConversion.ToRgb(image);
        // What the frame leaves free of the canvas is transparent, so white.
        var pixels = new byte[checked(canvas.Width * canvas.Height * 3)];
        pixels.AsSpan().Fill(255);
        var first = (frame.Top * canvas.Width + frame.Left) * 3;
        PixelConversion.CopyRows(image, pixels.AsMemory(first), canvas.Width * 3, frame.Size.Width, frame.Size.Height);
        return new RgbImage(canvas.Width, canvas.Height, pixels);
    }

    /// <summary>A file of its own: the simple format, or the extended one with an alpha chunk.</summary>
    private byte[] Alone(Frame frame)
    {
        const byte HasAlpha = 0x10;
        var bytes = Bytes.Span;
        var pixels = bytes[frame.Pixels];
        var padding = new byte[pixels.Length & 1];
        byte[] file;
        if (frame.Alpha is { } range && Type(pixels) == "VP8 ")
        {
            var alpha = bytes[range];
            file = [.. "RIFF\0\0\0\0WEBPVP8X"u8, 10, 0, 0, 0, HasAlpha, 0, 0, 0, .. new byte[6],
                .. alpha, .. new byte[alpha.Length & 1], .. pixels, .. padding];
            WriteU24(file.AsSpan(24), frame.Size.Width - 1);
            WriteU24(file.AsSpan(27), frame.Size.Height - 1);
        }
        else file = [.. "RIFF\0\0\0\0WEBP"u8, .. pixels, .. padding];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    /// <summary>The next whole chunk, header included, padding not; null where none is left before <paramref name="end"/>.</summary>
    private static Range? Next(ReadOnlySpan<byte> bytes, ref long at, int end)
    {
        if (at + ChunkHeader > end) return null;
        var (start, length) = (at, ChunkHeader + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[((int)at + 4)..]));
        at += length + (length & 1);
        return start + length > end ? null : (int)start..(int)(start + length);
    }

    /// <summary>An animation's frame: position, size, duration and flags in 16 bytes, then its own chunks.</summary>
    private static Frame? FrameOf(ReadOnlySpan<byte> bytes, Range chunk, ReadOnlySpan<byte> data)
    {
        Range? alpha = null;
        for (long at = chunk.Start.Value + ChunkHeader + FrameHeader; Next(bytes, ref at, chunk.End.Value) is { } inner;)
        {
            if (Type(bytes[inner]) == "ALPH") alpha ??= inner;
            else if (Type(bytes[inner]) is "VP8 " or "VP8L")
                return new Frame(U24(data, 0) * 2, U24(data, 3) * 2, SizeOf(bytes[inner]), inner, alpha);
        }
        return null;
    }

    /// <summary>The size in the first bytes of a chunk of pixels, complete or not.</summary>
    private static PixelSize SizeOf(ReadOnlySpan<byte> chunk)
    {
        const int Bits = 0x3FFF;
        var data = chunk[ChunkHeader..];
        if (Type(chunk) == "VP8 " && data.Length >= 10)
            return new PixelSize((data[6] | data[7] << 8) & Bits, (data[8] | data[9] << 8) & Bits);
        if (Type(chunk) == "VP8L" && data.Length >= 5 && BinaryPrimitives.ReadUInt32LittleEndian(data[1..]) is var packed)
            return new PixelSize((int)(packed & Bits) + 1, (int)((packed >> 14) & Bits) + 1);
        throw new InvalidDataException("it ends within its header");
    }

    /// <summary>Where the one chunk of the simple format is not complete its header still tells the size.</summary>
    private static PixelSize? HeaderOfCutOff(ReadOnlySpan<byte> bytes) =>
        bytes.Length > RiffHeader + ChunkHeader ? SizeOf(bytes[RiffHeader..]) : null;

    private static string Type(ReadOnlySpan<byte> chunk) =>
        chunk.StartsWith("VP8 "u8) ? "VP8 " : chunk.StartsWith("VP8L"u8) ? "VP8L" : chunk.StartsWith("VP8X"u8) ? "VP8X"
        : chunk.StartsWith("ALPH"u8) ? "ALPH" : chunk.StartsWith("ANMF"u8) ? "ANMF" : chunk.StartsWith("EXIF"u8) ? "EXIF" : "";

    private static int U24(ReadOnlySpan<byte> bytes, int at) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);

    private static void WriteU24(Span<byte> to, int value) =>
        (to[0], to[1], to[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
}
