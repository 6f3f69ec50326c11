using System.IO.Hashing;

namespace CaptionTL.Weights.PyTorch;

/// <summary>
/// A checkpoint of PyTorch (.pth, .pt, .bin), zip or legacy format: the tensors of its state dict, wherever in the checkpoint that
/// lies. Views of shared storages come out as tensors of their own. Opening reads the pickle; storages are read, and their checksums
/// compared, when a tensor on them is.
/// </summary>
internal sealed unsafe class TorchFile : ITensorFile
{
    /// <summary>An expanded view (stride 0) may be this much larger than the file.</summary>
    private const long MaxExpansion = 16 << 20;

    private readonly MappedFile _file;
    private readonly TorchContent _content;
    private readonly Dictionary<string, TensorReference> _references;

    private TorchFile(MappedFile file)
    {
        _file = file;
        var zip = file.Slice(0, 1, "start")[0] == 'P';
        Format = zip ? "PyTorch (zip)" : "PyTorch (legacy)";
        _content = zip ? TorchZipFormat.Read(file) : TorchLegacyFormat.Read(file);
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        _references = StateDictFinder.Find(_content.Root, file.Path, notes);
        Metadata = notes;
        Tensors = _references.ToDictionary(r => r.Key, r => Entry(r.Key, r.Value), StringComparer.Ordinal);
    }

    public string Path => _file.Path;

    public string Format { get; }

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="WeightFileException">The file cannot be read, is damaged, or asks for more than tensors.</exception>
    public static TorchFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new TorchFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Read(string name, Span<byte> destination)
    {
        if (!Tensors.TryGetValue(name, out var entry)) throw _file.Bad($"tensor '{TensorShapes.Shown(name)}'", "is not in the file");
        if (destination.Length != entry.Length) throw new ArgumentException($"'{name}' takes {entry.Length} bytes, not {destination.Length}", nameof(destination));
        var reference = _references[name];
        if (destination.IsEmpty) return;
        var storage = _content.Storages[reference.Storage.Key];
        var start = _file.At(storage.Offset, storage.Length, "storage");
        RequireChecksum(reference.Storage.Key, storage, start);
        var width = reference.DType.Size();
        StridedCopy.Copy(start + FirstElement(reference) * width, reference.Shape, reference.Strides, width, destination);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>A view's start counts elements of the storage's type, its offset those of its own; they differ only in untyped storages, which have no views.</summary>
    private static long FirstElement(TensorReference reference) => reference.Storage.Start + reference.Offset;

    private TensorEntry Entry(string name, TensorReference reference)
    {
        var place = $"tensor '{TensorShapes.Shown(name)}'";
        if (!_content.Storages.TryGetValue(reference.Storage.Key, out var storage)) throw _file.Bad(place, $"its storage '{TensorShapes.Shown(reference.Storage.Key)}' is missing");
        var unit = reference.Storage.DType?.Size() ?? 1;
        if (storage.Length / unit != reference.Storage.Count || storage.Length % unit != 0)
            throw _file.Bad(place, $"its storage has {storage.Length} bytes, {(Int128)reference.Storage.Count * unit} are needed");
        if (reference.Storage.DType is { } typed && typed != reference.DType && typed.Size() != reference.DType.Size()) throw _file.Bad(place, "storage and tensor are of different types");
        var bytes = TensorShapes.ByteLength(reference.DType, reference.Shape)!.Value; // looked at when it was rebuilt
        var reach = (Int128?)StridedCopy.Reach(reference.Offset, reference.Shape, reference.Strides) + (bytes == 0 ? 0 : reference.Storage.Start);
        if (reach is null || reach > storage.Length / reference.DType.Size()) throw _file.Bad(place, "it reaches beyond its storage");
        if (bytes > storage.Length + MaxExpansion) throw _file.Bad(place, $"{bytes} bytes are made of a storage of {storage.Length}");
        return new TensorEntry(name, reference.DType, reference.Shape, bytes);
    }

    private void RequireChecksum(string key, TorchStorage storage, byte* start)
    {
        if (storage.IsChecked) return;
        var crc = new Crc32();
        for (var done = 0L; done < storage.Length;)
        {
            var part = (int)Math.Min(storage.Length - done, 1 << 24);
            crc.Append(new ReadOnlySpan<byte>(start + done, part));
            done += part;
        }
        if (crc.GetCurrentHashAsUInt32() != storage.Crc)
            throw _file.Bad($"storage '{TensorShapes.Shown(key)}'", "its checksum (CRC-32) is wrong: the file is damaged");
        storage.IsChecked = true;
    }
}
