using System.Buffers.Binary;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;

namespace CaptionTL.Images;

/// <summary>The EXIF chunk of a WebP picture. It stands behind the pixels, where ImageSharp does not look when only the header is asked for.</summary>
/// <remarks>WebP container specification, "Extended file format".</remarks>
internal static class WebPExif
{
    /// <summary>Null where there is none.</summary>
    public static ExifProfile? Read(ReadOnlySpan<byte> bytes)
    {
        const int FirstChunk = 12, ChunkHeader = 8;
        for (long at = FirstChunk; at + ChunkHeader <= bytes.Length;)
        {
            var chunk = bytes[(int)at..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (ChunkHeader + length > chunk.Length) return null;
            if (chunk.StartsWith("EXIF"u8)) return new ExifProfile(WithoutPrefix(chunk.Slice(ChunkHeader, (int)length)).ToArray());
            at += ChunkHeader + length + (length & 1);
        }
        return null;
    }

    /// <summary>Some writers leave JPEG's prefix in front.</summary>
    private static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> exif) => exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
}
