using System.Text;
using CaptionTL.IO;
using CaptionTL.Weights.Hdf5;
using CaptionTL.Weights.PyTorch;

namespace CaptionTL.Weights;

/// <summary>
/// A file of named tensors, whatever its format. Opening one reads names, types and shapes; nothing in it is ever executed.
/// </summary>
public interface ITensorFile : IDisposable
{
    /// <summary>The file, for messages.</summary>
    string Path { get; }

    /// <summary>For people, for instance <c>PyTorch (zip)</c>.</summary>
    string Format { get; }

    /// <summary>Tensors by the names the file gives them.</summary>
    IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>What else the file says about itself.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Copies a tensor's elements: row-major, little-endian, without gaps. Thread-safe.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <param name="destination">Exactly the entry's <see cref="TensorEntry.Length"/> bytes.</param>
    /// <exception cref="WeightFileException">No such tensor, or its bytes are damaged.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    void Read(string name, Span<byte> destination);
}

/// <summary>Opens weight files; the format is told by the first bytes, never by the name.</summary>
public static class TensorFile
{
    private static ReadOnlySpan<byte> Hdf5Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A safetensors file, a PyTorch checkpoint (zip or legacy format) or an HDF5 file of Keras.</summary>
    /// <exception cref="WeightFileException">The file cannot be read, is damaged, or is something else; the message says what it looks
    /// like.</exception>
    public static ITensorFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Span<byte> buffer = stackalloc byte[64];
        var start = (ReadOnlySpan<byte>)buffer[..ReadStart(path, buffer)];
        if (start.StartsWith(Hdf5Signature)) return Hdf5File.Open(path);
        if (start.StartsWith("PK"u8) || (start.Length > 1 && start[0] == 0x80 && start[1] is > 0 and <= 5)) return TorchFile.Open(path);
        if (WhatElse(start) is { } other)
            throw new WeightFileException(path, "start", $"this is {other}, not a file of weights (.safetensors, .pth, .pt, .h5)");
        return SafetensorsFile.Open(path);
    }

    /// <summary>What people hand over in place of weights, or null.</summary>
    internal static string? WhatElse(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start).TrimStart('\uFEFF', '\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal)) return "a Git LFS pointer (run `git lfs pull`)";
        if (text.StartsWith('<')) return "a web page: the download gave a page in place of the file";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])) return "a PNG image";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return "a JPEG image";
        if (start.StartsWith("GIF8"u8)) return "a GIF image";
        if (start.StartsWith("BM"u8)) return "a BMP image";
        if (start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8)) return "a TIFF image";
        if (start.StartsWith("RIFF"u8)) return "a WebP image or a sound";
        if (start.StartsWith("%PDF"u8)) return "a PDF document";
        if (start.StartsWith("GGUF"u8)) return "a GGUF file of a language model";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M'])) return "a NumPy array";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return "a gzip archive: unpack it first";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z'])) return "an xz archive: unpack it first";
        if (start.StartsWith("7z\u00BC"u8) || start.StartsWith("Rar!"u8)) return "an archive: unpack it first";
        return text.StartsWith('{') ? "JSON text" : null;
    }

    private static int ReadStart(string path, Span<byte> buffer)
    {
        try
        {
            using var stream = FileLock.OpenShared(path);
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException(path, "file", e.Message, e);
        }
    }
}

/// <summary>One tensor of a weight file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
/// <param name="Length">Bytes of its elements, row-major without gaps, however the file stores them.</param>
public record TensorEntry(string Name, TensorDType DType, long[] Shape, long Length)
{
    /// <summary>Number of elements.</summary>
    public long Count => Length / DType.Size();
}

/// <summary>A weight file that is not what it should be: which file, where in it, and why.</summary>
public sealed class WeightFileException : CaptionTLException
{
    public WeightFileException(string file, string place, string reason, Exception? inner = null)
        : base($"{file}: {place}: {reason}", isInput: true, inner) => (File, Place, Reason) = (file, place, reason);

    public string File { get; }

    /// <summary>For instance <c>header</c> or <c>tensor 'conv_stem.weight'</c>.</summary>
    public string Place { get; }

    public string Reason { get; }
}

/// <summary>Fills a tensor's bytes.</summary>
internal delegate void TensorReader(Span<byte> destination);

/// <summary>Tensors of another file under other names, shapes or layouts. Disposing it leaves that file open.</summary>
internal sealed class TensorView(ITensorFile inner) : ITensorFile
{
    private readonly Dictionary<string, TensorEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorReader> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(inner.Metadata, StringComparer.Ordinal);

    public string Path => inner.Path;

    public string Format => inner.Format;

    public IReadOnlyDictionary<string, TensorEntry> Tensors => _entries;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public void Note(string key, string value) => _metadata[key] = value;

    /// <exception cref="WeightFileException">Two tensors come out under one name.</exception>
    public void Add(TensorEntry entry, TensorReader reader)
    {
        if (!_entries.TryAdd(entry.Name, entry))
            throw new WeightFileException(
                Path, $"tensor '{TensorShapes.Shown(entry.Name)}'", "two tensors of the file would have this name in the network");
        _readers.Add(entry.Name, reader);
    }

    /// <summary>A tensor as it is, under another name and, of the same number of elements, shape.</summary>
    public void AddRenamed(string name, string from, long[]? shape = null)
    {
        var entry = inner.Tensors[from];
        Add(entry with { Name = name, Shape = shape ?? entry.Shape }, destination => inner.Read(from, destination));
    }

    public void Read(string name, Span<byte> destination)
    {
        if (!_readers.TryGetValue(name, out var reader))
            throw new WeightFileException(Path, $"tensor '{TensorShapes.Shown(name)}'", "is not in the file");
        if (destination.Length != _entries[name].Length)
            throw new ArgumentException($"'{name}' takes {_entries[name].Length} bytes, not {destination.Length}", nameof(destination));
        reader(destination);
    }

    public void Dispose()
    {
        // The file belongs to whoever opened it.
    }
}
