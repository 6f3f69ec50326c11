using System.Buffers.Binary;

namespace CaptionTL.Images;

/// <summary>
/// Whether a picture's file goes on to its end. ImageSharp fills what is missing with grey or black; here half a picture is an error.
/// Only lengths and markers are followed, nothing is decoded.
/// </summary>
/// <remarks>JPEG: ITU-T T.81 annex B; PNG: ISO/IEC 15948, 5.3; GIF89a; WebP container specification.</remarks>
internal static class PictureEnd
{
    /// <summary>TIFF's parts lie anywhere: see <see cref="TiffDirectory"/>.</summary>
    public static bool IsThere(ReadOnlySpan<byte> bytes, ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => Jpeg(bytes),
        ImageFormat.Png => Png(bytes),
        ImageFormat.Gif => Gif(bytes),
        ImageFormat.WebP => bytes.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + 8L <= bytes.Length,
        _ => true,
    };

    /// <summary>Segment by segment to the end-of-image marker; previews lie inside segments and are passed over with them.</summary>
    private static bool Jpeg(ReadOnlySpan<byte> bytes)
    {
        const byte EndOfImage = 0xD9, Temporary = 0x01, FirstRestart = 0xD0, StartOfImage = 0xD8;
        for (var at = 2; ;)
        {
            // Bytes between segments, and the coded data after a scan's header, in which 0xFF 0x00 stands for 0xFF.
            var marker = bytes[at..].IndexOf((byte)0xFF);
            if (marker < 0 || (at += marker + 1) >= bytes.Length) return false;
            switch (bytes[at])
            {
                case EndOfImage:
                    return true;
                case 0xFF:
                    continue;
                case 0 or Temporary or (>= FirstRestart and <= StartOfImage):
                    at++;
                    continue;
            }
            if (at + 3 > bytes.Length) return false;
            at += 1 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 1)..]);
            if (at > bytes.Length) return false;
        }
    }

    /// <summary>Chunk by chunk to IEND. Their check sums are ImageSharp's affair.</summary>
    private static bool Png(ReadOnlySpan<byte> bytes)
    {
        const int Signature = 8, LengthTypeAndSum = 12;
        for (long at = Signature; at + LengthTypeAndSum <= bytes.Length;)
        {
            var chunk = bytes[(int)at..];
            at += BinaryPrimitives.ReadUInt32BigEndian(chunk) + (long)LengthTypeAndSum;
            if (chunk[4..8].SequenceEqual("IEND"u8)) return at <= bytes.Length;
        }
        return false;
    }

    /// <summary>To the end of the first frame's data.</summary>
    private static bool Gif(ReadOnlySpan<byte> bytes)
    {
        const int Header = 13, Descriptor = 10;
        const byte Extension = 0x21, Frame = 0x2C;
        if (bytes.Length < Header) return false;
        for (var at = Header + ColorTable(bytes[10]); at + Descriptor < bytes.Length;)
        {
            if (bytes[at] == Extension)
            {
                if ((at = SubBlocks(bytes, at + 2)) < 0) return false;
            }
            else
                return bytes[at] == Frame && SubBlocks(bytes, at + Descriptor + ColorTable(bytes[at + 9]) + 1) > 0;
        }
        return false;
    }

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
