using System.Buffers.Binary;

namespace CaptionTL.Web.Tests;

/// <summary>The smallest images there are.</summary>
internal static class TinyBitmap
{
    /// <summary>24-bit BMP of 2 × 2 pixels; another one for each number.</summary>
    public static byte[] Of(int number)
    {
        var rows = new byte[16]; // rows are filled up to multiples of four bytes
        BinaryPrimitives.WriteInt32LittleEndian(rows, number);
        return BmpWriter.Write(2, 2, 24, rows);
    }
}
