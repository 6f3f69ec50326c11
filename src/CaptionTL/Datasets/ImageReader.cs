using System.Collections.Concurrent;
using System.IO.Compression;
using CaptionTL.Images;

namespace CaptionTL.Datasets;

/// <summary>
/// Reads the bytes of images from files and archives, never more than <see cref="ImageLimits.MaxBytes"/>. Safe for many threads;
/// an archive is opened once for each thread that reads from it at the same time, and closed on disposal.
/// </summary>
public sealed class ImageReader(ImageLimits? limits = null) : IDisposable
{
    private readonly ImageLimits _limits = limits ?? ImageLimits.Default;
    private readonly ConcurrentDictionary<string, ConcurrentBag<ZipArchive>> _archives = new(StringComparer.Ordinal);

    /// <exception cref="ImageException">Larger than the limit.</exception>
    /// <exception cref="CaptionTLException">Not there, or not readable.</exception>
    public byte[] Read(ImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return source.Entry is null ? ReadFile(source.Path) : ReadEntry(source.Path, source.Entry);
        }
        catch (ImageException e)
        {
            throw new ImageException(e.Problem, $"{source.DisplayName}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new CaptionTLException($"{source.DisplayName}: cannot be read: {e.Message}", inner: e);
        }
    }

    public void Dispose()
    {
        foreach (var archive in _archives.Values.SelectMany(bag => bag)) archive.Dispose();
        _archives.Clear();
    }

    private byte[] ReadFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        return ReadAll(file, file.CanSeek ? file.Length : 0);
    }

    private byte[] ReadEntry(string path, string name)
    {
        var idle = _archives.GetOrAdd(path, _ => []);
        if (!idle.TryTake(out var archive)) archive = ZipFile.OpenRead(path);
        try
        {
            var entry = archive.GetEntry(name) ?? throw new FileNotFoundException("the archive has no such entry");
            using var stream = entry.Open();
            return ReadAll(stream, entry.Length);
        }
        finally
        {
            idle.Add(archive);
        }
    }

    /// <summary>What a file or archive says of its size is checked first and then not believed.</summary>
    private byte[] ReadAll(Stream stream, long expected)
    {
        _limits.CheckBytes(expected);
        var bytes = new byte[Math.Max(4096, expected)];
        var count = 0;
        while (true)
        {
            var read = stream.Read(bytes, count, bytes.Length - count);
            count += read;
            if (read == 0) break;
            _limits.CheckBytes(count);
            if (count == bytes.Length && count == expected && stream.CanSeek) break;
            if (count == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(Math.Max(_limits.MaxBytes + 1, count + 1L), count * 2L));
        }
        Array.Resize(ref bytes, count);
        return bytes;
    }
}

/// <summary>The bytes of an image: a file, or an entry of a zip archive.</summary>
/// <param name="Path">Full path of the file, or of the archive.</param>
/// <param name="Entry">Name of the entry within the archive, or null.</param>
public sealed record ImageSource(string Path, string? Entry = null)
{
    /// <summary>For messages: the file, or the archive and the entry in it.</summary>
    public string DisplayName => Entry is null ? Path : $"{Path}:{Entry}";
}

/// <summary>An image as a network takes it.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Image">Of the network's size; null where it could not be read.</param>
/// <param name="Problem">Why not, without the image's name.</param>
public sealed record PreparedImage(string Id, RgbImage? Image, string? Problem = null);

/// <summary>Images for a model, batch by batch, each batch read and prepared on all cores.</summary>
/// <param name="preprocessor">The model's.</param>
public sealed class PreparedBatches(Preprocessor preprocessor) : IDisposable
{
    /// <summary>In a batch; the last one may have fewer.</summary>
    public const int ImagesAtOnce = 16;

    private readonly ImageReader _reader = new();

    /// <summary>All images in order; those that cannot be read say why.</summary>
    /// <param name="images">Names and places.</param>
    /// <param name="cancellation">Asked between batches.</param>
    public IEnumerable<IReadOnlyList<PreparedImage>> Read(IEnumerable<(string Id, ImageSource Source)> images,
        CancellationToken cancellation = default)
    {
        foreach (var batch in images.Chunk(ImagesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return [.. batch.AsParallel().AsOrdered().Select(p => Prepare(p.Id, p.Source))];
        }
    }

    public void Dispose() => _reader.Dispose();

    private PreparedImage Prepare(string id, ImageSource source)
    {
        try
        {
            return new PreparedImage(id, preprocessor.Prepare(_reader.Read(source)));
        }
        catch (CaptionTLException e)
        {
            var name = $"{source.DisplayName}: ";
            return new PreparedImage(id, null, e.Message.StartsWith(name, StringComparison.Ordinal) ? e.Message[name.Length..]
                : e.Message);
        }
    }
}
