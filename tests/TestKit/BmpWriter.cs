using System.Buffers.Binary;
using CaptionTL.Images;

namespace CaptionTL.Tests;

/// <summary>Bitmaps byte by byte.</summary>
internal static class BmpWriter
{
    /// <param name="rows">Stored rows, padded to four bytes.</param>
    /// <param name="palette">Blue, green, red, 0.</param>
    /// <param name="extra">Masks after a header of 40 bytes, or the rest of a longer header.</param>
    public static byte[] Write(int width, int height, int bits, byte[] rows, byte[]? palette = null, int compression = 0,
        int headerBytes = 40, byte[]? extra = null)
    {
        palette ??= [];
        extra ??= [];
        var offset = 14 + 40 + extra.Length + palette.Length;
        var file = new byte[offset + rows.Length];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), offset);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), headerBytes);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = (byte)bits;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(30), compression);
        extra.CopyTo(file, 54);
        palette.CopyTo(file, 54 + extra.Length);
        rows.CopyTo(file, offset);
        return file;
    }

    /// <summary>From the bottom row up, blue first.</summary>
    public static byte[] Rows24(RgbImage image)
    {
        var stride = (image.Width * 3 + 3) / 4 * 4;
        var rows = new byte[stride * image.Height];
        for (var y = 0; y < image.Height; y++)
        for (var x = 0; x < image.Width; x++)
        {
            var (r, g, b) = TestImages.Pixel(image, x, image.Height - 1 - y);
            (rows[y * stride + x * 3], rows[y * stride + x * 3 + 1], rows[y * stride + x * 3 + 2]) = (b, g, r);
        }
        return rows;
    }
}
