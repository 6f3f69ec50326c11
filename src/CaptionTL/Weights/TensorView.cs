namespace CaptionTL.Weights;

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
        if (!_entries.TryAdd(entry.Name, entry)) throw new WeightFileException(Path, $"tensor '{TensorShapes.Shown(entry.Name)}'", "two tensors of the file stand for it");
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
        if (!_readers.TryGetValue(name, out var reader)) throw new WeightFileException(Path, $"tensor '{TensorShapes.Shown(name)}'", "is not in the file");
        if (destination.Length != _entries[name].Length) throw new ArgumentException($"'{name}' takes {_entries[name].Length} bytes, not {destination.Length}", nameof(destination));
        reader(destination);
    }

    public void Dispose()
    {
        // The file belongs to whoever opened it.
    }
}
