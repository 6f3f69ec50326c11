using System.Buffers.Binary;
using System.IO.Compression;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>
/// Small data sets of generated images: class "left" is reddish and bright on the left, "right" bluish and bright on the right, both
/// with noise.
/// </summary>
internal static class JobImages
{
    private const int Side = 48;

    /// <summary>An archive with a folder for each class.</summary>
    public static byte[] Zip(int imagesPerClass)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var name in (string[])["left", "right"])
            for (var i = 0; i < imagesPerClass; i++)
            {
                using var entry = archive.CreateEntry(FormattableString.Invariant($"{name}/{i:000}.bmp")).Open();
                entry.Write(Bitmap(name == "left", i));
            }
        return stream.ToArray();
    }

    /// <summary>24-bit BMP.</summary>
    public static byte[] Bitmap(bool left, int seed)
    {
        const int stride = Side * 3; // a multiple of four
        var bytes = new byte[54 + stride * Side];
        bytes[0] = (byte)'B';
        bytes[1] = (byte)'M';
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), Side);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), Side);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(28), 24);
        var random = new Random(seed * 2 + (left ? 1 : 0));
        for (var y = 0; y < Side; y++)
        for (var x = 0; x < Side; x++)
        for (var c = 0; c < 3; c++)
            bytes[54 + y * stride + x * 3 + c] = (byte)((x < Side / 2 == left ? 130 : 30) + (c == (left ? 2 : 0) ? 70 : 0)
                + random.Next(50));
        return bytes;
    }
}
