using System.Globalization;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;

namespace CaptionTL.Tests.Child;

/// <summary>Generated images of 32 × 32 in a format of their own: "RGB32", then the pixels.</summary>
public static class RawImages
{
    private const int Side = 32;

    public static byte[] Create(int seed)
    {
        var bytes = new byte[5 + Side * Side * 3];
        new Random(seed).NextBytes(bytes);
        "RGB32"u8.CopyTo(bytes);
        return bytes;
    }

    public static void Write(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < count; i++)
            File.WriteAllBytes(Path.Combine(folder, i.ToString("00000", CultureInfo.InvariantCulture) + ".rgb"), Create(i));
    }

    public static List<EmbeddingItem> Items(string folder) =>
        [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
            .Select(path => new EmbeddingItem(Path.GetFileName(path), new ImageSource(path)))];

    /// <summary>What makes views of an image.</summary>
    public static Func<int, RgbImage> Open(ReadOnlyMemory<byte> bytes) => view => Prepare(bytes, view);

    /// <summary>View 0 is the image; view n is shifted by n pixels, around the corner.</summary>
    public static RgbImage Prepare(ReadOnlyMemory<byte> bytes, int view)
    {
        if (!bytes.Span.StartsWith("RGB32"u8) || bytes.Length != 5 + Side * Side * 3)
            throw new CaptionTLException("not an image of this test");
        var pixels = bytes.Span[5..];
        var shift = view * 3;
        return new RgbImage(Side, Side, [.. pixels[shift..], .. pixels[..shift]]);
    }
}
