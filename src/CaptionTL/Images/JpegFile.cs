using System.Buffers.Binary;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Images;

/// <summary>A JPEG's segments; previews lie inside segments and are skipped with them.</summary>
/// <remarks>ITU-T T.81, annex B.</remarks>
internal sealed record JpegFile(ReadOnlyMemory<byte> Bytes, ImageHeader Header, int Components, int Scans, bool HasEnd) : IImageFile
{
    private const byte EndOfImage = 0xD9, StartOfImage = 0xD8, StartOfScan = 0xDA, Temporary = 0x01, FirstRestart = 0xD0, Exif = 0xE1;

    /// <summary>
    /// Every scan of a progressive image costs a pass over all its pixels, however few bytes it has. Encoders write about
    /// ten; one for every coefficient bit of four channels would be some thousand.
    /// </summary>
    private const int MostScans = 200;

    /// <exception cref="InvalidDataException">There is no header.</exception>
    public static JpegFile Open(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var frame = ReadOnlySpan<byte>.Empty;
        var (orientation, scans, end) = (0, 0, false);
        var at = 2;
        while (NextMarker(bytes, ref at) is { } marker)
        {
            if (end = marker == EndOfImage) break;
            if (at + 2 > bytes.Length) break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            if (at + length > bytes.Length || length < 2) break;
            var data = bytes.Slice(at + 2, length - 2);
            if (IsFrame(marker) && frame.IsEmpty) frame = data;
            else if (marker == Exif && orientation == 0 && data.StartsWith("Exif\0\0"u8))
                orientation = ExifOrientation.Read(file.Slice(at + 8, length - 8));
            else if (marker == StartOfScan) scans++;
            at += length;
        }
        if (frame.Length < 6) throw new InvalidDataException("it ends within its header");
        var (width, height) = (BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), BinaryPrimitives.ReadUInt16BigEndian(frame[1..]));
        return new JpegFile(file, ImageHeader.Create(ImageFormat.Jpeg, width, height, 1, Math.Max(1, orientation)), frame[5], scans, end);
    }

    public RgbImage Decode()
    {
        if (Scans > MostScans) throw new InvalidDataException(FormattableString.Invariant($"it has {Scans:N0} scans"));
        var bytes = Bytes;
        if (!HasEnd)
        {
            if (!JpegCompleteness.AllPixelsAreThere(bytes.Span)) throw new InvalidDataException("it ends before its pixels do");
            bytes = (byte[])[.. bytes.Span, 0xFF, EndOfImage];
        }
        using var image = PixelConversion.Decode<Rgb24>(new JpegDecoder { IgnoreMetadata = true }, bytes, Header.Stored);
        var rgb = PixelConversion.ToRgb(image);
        ChromaUpsampling.Smooth(rgb.Pixels, rgb.Width, rgb.Height, image.Metadata.GetJpegMetadata().ColorType);
        return Components == 4 ? PrintColors.Correct(rgb) : rgb;
    }

    /// <summary>
    /// The next marker that begins a segment or ends the image, passing over stray bytes, fill bytes, restart markers and coded data, in
    /// which 0xFF 0x00 stands for 0xFF. Null at the end of the file.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="at">Where to look from; afterwards the position behind the marker.</param>
    public static byte? NextMarker(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOf((byte)0xFF);
            if (found < 0 || (at += found + 1) >= bytes.Length) break;
            if (bytes[at] == 0xFF) continue;
            var marker = bytes[at++];
            if (marker is not (0 or Temporary or (>= FirstRestart and <= StartOfImage))) return marker;
        }
        at = bytes.Length;
        return null;
    }

    /// <summary>SOF0 to SOF15, between which three markers of other kinds lie (DHT, JPG, DAC).</summary>
    public static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
