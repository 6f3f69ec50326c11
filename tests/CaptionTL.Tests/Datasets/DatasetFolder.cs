using System.IO.Compression;
using System.Text;

namespace CaptionTL.Tests.Datasets;

/// <summary>A small data set on disk, removed after the test.</summary>
internal sealed class DatasetFolder : IDisposable
{
    public DatasetFolder() => Directory.CreateDirectory(Root);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"captiontl-test-{Guid.NewGuid():N}", "pets");

    public DatasetFolder Text(string path, string content)
    {
        Bytes(path, new UTF8Encoding(false).GetBytes(content));
        return this;
    }

    public DatasetFolder Bytes(string path, byte[] content)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return this;
    }

    /// <summary>Copies of a sample image, made different by a byte after its end unless <paramref name="same"/>.</summary>
    public DatasetFolder Images(bool same, params string[] paths)
    {
        var sample = File.ReadAllBytes(Path.Combine(Repository.Samples, "rocket.jpg"));
        for (var i = 0; i < paths.Length; i++) Bytes(paths[i], same ? sample : [.. sample, (byte)i]);
        return this;
    }

    public DatasetFolder Images(params string[] paths) => Images(false, paths);

    public string Zip()
    {
        var zip = Path.Combine(Path.GetDirectoryName(Root)!, "pets.zip");
        ZipFile.CreateFromDirectory(Root, zip);
        return zip;
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Root)!, recursive: true);
}
