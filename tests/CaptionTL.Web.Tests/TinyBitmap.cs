using System.Buffers.Binary;

namespace CaptionTL.Web.Tests;

/// <summary>The smallest images there are.</summary>
internal static class TinyBitmap
{
    /// <summary>24-bit BMP of 2 × 2 pixels; another one for each number.</summary>
    public static byte[] Of(int number)
    {
        var bytes = new byte[54 + 16]; // rows are filled up to multiples of four bytes
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), 2);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(28), 24);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(54), number);
        return bytes;
    }
}
