using System.IO.MemoryMappedFiles;
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
            _map = MemoryMappedFile.CreateFromFile(_stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
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
