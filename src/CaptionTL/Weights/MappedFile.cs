using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Weights;

/// <summary>A whole file mapped read-only. Pointers and spans are valid until <see cref="Dispose"/>.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private bool _disposed;

    /// <summary>Opens and maps it; an empty file is nothing that could be mapped, and has no bytes.</summary>
    /// <exception cref="WeightFileException">The file cannot be read.</exception>
    public MappedFile(string path)
    {
        Path = path;
        try
        {
            _stream = FileLock.OpenShared(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException(path, "file", e.Message, e);
        }
        try
        {
            Length = _stream.Length;
            if (Length == 0) return;
            _map = MemoryMappedFile.CreateFromFile(_stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None,
                leaveOpen: true);
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _start = start + _view.PointerOffset;
        }
        catch (Exception e)
        {
            Dispose();
            if (e is IOException or UnauthorizedAccessException) throw Bad("file", e.Message);
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Address of a byte, after checking that <paramref name="length"/> bytes follow from there.</summary>
    /// <exception cref="WeightFileException">They do not.</exception>
    public byte* At(long offset, long length, string place)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset)
            throw Bad(place, $"{length} bytes from byte {offset} on do not fit a file of {Length} bytes: it is cut off or damaged");
        return _start + offset;
    }

    /// <inheritdoc cref="At"/>
    public void Require(long offset, long length, string place) => At(offset, length, place);

    /// <inheritdoc cref="At"/>
    public ReadOnlySpan<byte> Slice(long offset, int length, string place) => new(At(offset, length, place), length);

    public WeightFileException Bad(string place, string reason) => new(Path, place, reason);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_start != null) _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
        _stream.Dispose();
    }
}

/// <summary>SHA-256 of files, computed once: a small file in the cache keeps it with the file's size, times and inode.</summary>
/// <param name="folder">Where it is kept; where that cannot be written, sums are computed every time.</param>
public sealed class ChecksumMemory(string folder)
{
    /// <summary>SHA-256 of a file, 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string Of(string path)
    {
        path = Path.GetFullPath(path);
        var stamp = FileStamp.Of(path);
        var note = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..32] + ".json");
        if (stamp is not null && Read(note) is { } known && known.Path == path && known.Stamp == stamp.ToString()) return known.Sha256;

        var sum = Compute(path);
        if (stamp is { IsSettled: true } && FileStamp.Of(path) == stamp) Remember(note, new Note(path, stamp.ToString()!, sum));
        return sum;
    }

    /// <summary>SHA-256 of a file, read anew whatever is remembered.</summary>
    /// <inheritdoc cref="Of"/>
    internal static string Compute(string path)
    {
        using var stream = FileLock.OpenShared(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static Note? Read(string note)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Note>(File.ReadAllBytes(note));
            return read is { Path: not null, Stamp: not null, Sha256.Length: 64 } ? read : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static void Remember(string path, Note note)
    {
        try
        {
            AtomicFile.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(note));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only cache costs time, nothing else.
        }
    }

    private sealed record Note(string Path, string Stamp, string Sha256);
}
