using System.IO.Compression;
using CaptionTL.Datasets;

namespace CaptionTL.Embeddings;

/// <summary>Reads the bytes of pictures; keeps the last archive open. One a thread.</summary>
internal sealed class PictureReader(long maxBytes) : IDisposable
{
    private ZipArchive? _archive;
    private string? _archivePath;

    /// <exception cref="InvalidDataException">Too large, or the archive is damaged or lacks the entry.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[] Read(PictureSource source)
    {
        if (source.Entry is null)
        {
            using var file = new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
            return Read(file, file.Length);
        }
        if (_archivePath != source.Path)
        {
            Dispose();
            _archive = ZipFile.OpenRead(source.Path);
            _archivePath = source.Path;
        }
        var entry = _archive!.GetEntry(source.Entry) ?? throw new InvalidDataException($"{source.Path} has no entry {source.Entry}");
        using var stream = entry.Open();
        return Read(stream, entry.Length);
    }

    public void Dispose()
    {
        _archive?.Dispose();
        (_archive, _archivePath) = (null, null);
    }

    /// <param name="stream">Read to its end, or to one byte more than the limit.</param>
    /// <param name="length">What the directory says; an archive's may lie.</param>
    private byte[] Read(Stream stream, long length)
    {
        if (length > maxBytes) throw new InvalidDataException($"{length} bytes are more than a picture may have ({maxBytes})");
        var bytes = new byte[length];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length || stream.ReadByte() >= 0) throw new InvalidDataException($"it does not have the {length} bytes that its directory entry says");
        return bytes;
    }
}
