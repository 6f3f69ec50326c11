using System.Buffers.Binary;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>A PNG's chunks. Check sums and compressed pixels are ImageSharp's affair; it skips texts and profiles, which may be bombs.</summary>
/// <remarks>ISO/IEC 15948, clauses 5 and 11.</remarks>
internal sealed record PngFile(ReadOnlyMemory<byte> Bytes, ImageHeader Header, bool Deep, bool MayBeTransparent, bool HasEnd) : IImageFile
{
    private const int Signature = 8, LengthAndType = 8, CheckSum = 4, HeaderBytes = 13;
    private const byte AlphaBit = 4;

    /// <exception cref="InvalidDataException">There is no header.</exception>
    public static PngFile Open(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var header = ReadOnlySpan<byte>.Empty;
        var (orientation, transparent, end) = (1, false, false);
        for (long at = Signature; at + LengthAndType + CheckSum <= bytes.Length && !end;)
        {
            var chunk = bytes[(int)at..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            var type = chunk[4..8];
            at += LengthAndType + (long)length + CheckSum;
            if (at > bytes.Length) break;
            var data = chunk.Slice(LengthAndType, (int)length);
            if (type.SequenceEqual("IHDR"u8))
            {
                if (!header.IsEmpty || data.Length != HeaderBytes) throw new InvalidDataException("its header is not one");
                header = data;
            }
            else if (header.IsEmpty) throw new InvalidDataException("it does not begin with its header");
            else if (type.SequenceEqual("tRNS"u8)) transparent = true;
            else if (type.SequenceEqual("eXIf"u8)) orientation = ExifOrientation.Read(file.Slice((int)at - CheckSum - data.Length, data.Length));
            else if (type.SequenceEqual("IEND"u8)) end = true;
        }
        if (header.IsEmpty) throw new InvalidDataException("it ends within its header");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        return new PngFile(file, ImageHeader.Create(ImageFormat.Png, width, height, 1, orientation), header[8] == 16, transparent || (header[9] & AlphaBit) != 0, end);
    }

    public RgbImage Decode()
    {
        if (!HasEnd) throw new InvalidDataException("it ends before its end chunk");
        return Deep ? Decode<Rgba64>() : MayBeTransparent ? Decode<Rgba32>() : Decode<Rgb24>();
    }

    private RgbImage Decode<TPixel>() where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = PixelConversion.Decode<TPixel>(new PngDecoder { IgnoreMetadata = true }, Bytes, Header.Stored);
        return PixelConversion.ToRgb(image);
    }
}
