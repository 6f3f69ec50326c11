using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CaptionTL.Weights;

/// <summary>
/// A safetensors file (https://github.com/huggingface/safetensors#format), read strictly and memory-mapped: opening
/// reads the header only. Spans are valid until <see cref="Dispose"/>; reading is thread-safe.
/// </summary>
public sealed unsafe class SafetensorsFile : ITensorFile
{
    private readonly MappedFile? _file;
    private readonly ReadOnlyMemory<byte> _memory; // the tensor data where there is no file
    private readonly string _name;
    private bool _disposed;
    private IReadOnlyDictionary<string, TensorEntry>? _entries;

    private SafetensorsFile(string path, long offset, long? length)
    {
        _name = path;
        _file = new MappedFile(path);
        try
        {
            var available = _file.Length;
            if (offset < 0 || offset > available || length < 0 || length > available - offset)
                throw Bad("file", $"bytes {offset} to {offset + length} were asked for, the file has {available}: it is cut off");
            var size = length ?? available - offset;
            if (size < 8) throw Bad("header length", size == 0 ? "the file is empty" : $"{size} bytes are too few");
            (var header, var dataStart) =
                ReadHeader(_file.Slice(offset, (int)Math.Min(size, 8 + SafetensorsHeader.MaxBytes), "header"), size);
            (Tensors, Metadata, DataStart) = (header.Tensors, header.Metadata, offset + dataStart);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private SafetensorsFile(ReadOnlyMemory<byte> bytes, string name)
    {
        _name = name;
        if (bytes.Length < 8) throw Bad("header length", bytes.IsEmpty ? "there are no bytes" : $"{bytes.Length} bytes are too few");
        (var header, var dataStart) = ReadHeader(bytes.Span, bytes.Length);
        _memory = bytes[(int)dataStart..];
        (Tensors, Metadata, DataStart) = (header.Tensors, header.Metadata, dataStart);
    }

    public string Path => _name;

    public string Format => "safetensors";

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors { get; }

    IReadOnlyDictionary<string, TensorEntry> ITensorFile.Tensors =>
        _entries ??= Tensors.ToDictionary(p => p.Key, TensorEntry (p) => p.Value, StringComparer.Ordinal);

    /// <summary>Names in ordinal order.</summary>
    public IEnumerable<string> Names => Tensors.Keys.Order(StringComparer.Ordinal);

    /// <summary>The file's own notes, for instance format = pt.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where the tensor data begins, counted from the start of the file (or of the memory).</summary>
    public long DataStart { get; }

    /// <exception cref="WeightFileException">The file cannot be read or is not as the format says.</exception>
    public static SafetensorsFile Open(string path) => new(path, 0, null);

    /// <summary>A safetensors file that lies within another one, for instance an uncompressed entry of a zip archive.</summary>
    /// <param name="path">The outer file.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="WeightFileException">The file cannot be read or is not as the format says.</exception>
    public static SafetensorsFile Open(string path, long offset, long length) => new(path, offset, length);

    /// <param name="bytes">Kept, not copied.</param>
    /// <param name="name">Stands in errors where a path would.</param>
    /// <exception cref="WeightFileException">The bytes are not as the format says.</exception>
    public static SafetensorsFile FromBytes(ReadOnlyMemory<byte> bytes, string name) => new(bytes, name);

    /// <summary>The bytes of a tensor: row-major, little-endian, not copied.</summary>
    /// <exception cref="WeightFileException">No such tensor, or one of more than 2 GiB (see <see cref="CopyTo"/>).</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var entry = Entry(name);
        if (entry.Length > int.MaxValue) throw Bad($"tensor '{name}'", $"{entry.Length} bytes do not fit one span");
        return Slice(entry.Offset, (int)entry.Length);
    }

    public void Read(string name, Span<byte> destination)
    {
        var entry = Entry(name);
        if (destination.Length != entry.Length)
            throw new ArgumentException($"'{name}' takes {entry.Length} bytes, not {destination.Length}", nameof(destination));
        Slice(entry.Offset, destination.Length).CopyTo(destination);
    }

    /// <summary>Writes a tensor's bytes to a stream, however long it is.</summary>
    public void CopyTo(string name, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var entry = Entry(name);
        for (var done = 0L; done < entry.Length;)
        {
            var part = (int)Math.Min(entry.Length - done, 1 << 20);
            destination.Write(Slice(entry.Offset + done, part));
            done += part;
        }
    }

    /// <summary>Address of a tensor in the mapped file, valid until <see cref="Dispose"/>; only for files, not for memory.</summary>
    internal byte* Address(string name)
    {
        var entry = Entry(name);
        return _file is not null ? _file.At(DataStart + entry.Offset, entry.Length, $"tensor '{name}'")
            : throw new InvalidOperationException("not a mapped file");
    }

    public void Dispose()
    {
        _disposed = true;
        _file?.Dispose();
    }

    private SafetensorsEntry Entry(string name) => Tensors.TryGetValue(name, out var entry) ? entry
        : throw Bad($"tensor '{name}'", "is not in the file");

    private ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _file is not null ? _file.Slice(DataStart + offset, length, "data") : _memory.Span.Slice((int)offset, length);
    }

    private (SafetensorsHeader Header, long DataStart) ReadHeader(ReadOnlySpan<byte> start, long size)
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > SafetensorsHeader.MaxBytes)
            throw Bad("header length", $"{length} is more than {SafetensorsHeader.MaxBytes} bytes{Guess(start)}");
        if ((long)length > size - 8)
            throw Bad("header length", $"{length} bytes of header do not fit a file of {size} bytes: it is cut off");
        var dataStart = 8 + (long)length;
        return (SafetensorsHeader.Parse(start.Slice(8, (int)length), size - dataStart, _name), dataStart);
    }

    /// <summary>What people hand over in place of safetensors.</summary>
    private static string Guess(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK"u8) || start[0] == 0x80)
            return " (this looks like a PyTorch checkpoint or a zip archive, not safetensors)";
        return TensorFile.WhatElse(start[..Math.Min(start.Length, 64)]) is { } other ? $" (this looks like {other})" : "";
    }

    private WeightFileException Bad(string place, string reason) => new(_name, place, reason);
}

/// <summary>A tensor on its way into a safetensors file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
/// <param name="Write">Writes exactly shape × element size bytes, little-endian; called once.</param>
public sealed record SafetensorsTensor(string Name, TensorDType DType, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>A tensor whose bytes are in memory.</summary>
    public static SafetensorsTensor FromBytes(string name, TensorDType dtype, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes) =>
        new(name, dtype, shape, stream => stream.Write(bytes.Span));

    /// <summary>A tensor of F32.</summary>
    public static SafetensorsTensor FromFloats(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values) =>
        new(name, TensorDType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));

    /// <summary>Bytes of the tensor.</summary>
    /// <exception cref="OverflowException">More than 2^63.</exception>
    public long Length
    {
        get
        {
            var length = (long)DType.Size();
            foreach (var n in Shape) length = checked(length * n);
            return length;
        }
    }
}
