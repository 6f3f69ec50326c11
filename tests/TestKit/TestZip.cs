using System.IO.Compression;
using System.Text;

namespace CaptionTL.Tests;

/// <summary>Zip archives in memory.</summary>
internal static class TestZip
{
    public static byte[] Of(params IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>Two classes of so many images each.</summary>
    public static byte[] Classes(int each = 2) => Of([
        .. Enumerable.Range(0, each).Select(i => ($"ants/{i}.jpg", TestImages.Jpeg(i))),
        .. Enumerable.Range(0, each).Select(i => ($"bees/{i}.jpg", TestImages.Jpeg(100 + i))),
    ]);

    /// <summary>So many images with a caption each.</summary>
    public static byte[] Captions(int count = 2) => Of([
        ("metadata.jsonl", Encoding.UTF8.GetBytes(string.Concat(
            Enumerable.Range(0, count).Select(i => $"{{\"file_name\": \"{i}.jpg\", \"text\": \"Image number {i}.\"}}\n")))),
        .. Enumerable.Range(0, count).Select(i => ($"{i}.jpg", TestImages.Jpeg(i))),
    ]);
}
