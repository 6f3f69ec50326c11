using System.Buffers.Binary;
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
        if (destination.Length != entry.Length)
            throw new ArgumentException($"'{name}' takes {entry.Length} bytes, not {destination.Length}", nameof(destination));
        var reference = _references[name];
        if (destination.IsEmpty) return;
        var storage = _content.Storages[reference.Storage.Key];
        var start = _file.At(storage.Offset, storage.Length, "storage");
        RequireChecksum(reference.Storage.Key, storage, start);
        var width = reference.DType.Size();
        StridedCopy.Copy(start + FirstElement(reference) * width, reference.Shape, reference.Strides, width, destination);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// A view's start counts elements of the storage's type, its offset those of its own; they differ only in untyped storages, which have
    /// no views.
    /// </summary>
    private static long FirstElement(TensorReference reference) => reference.Storage.Start + reference.Offset;

    private TensorEntry Entry(string name, TensorReference reference)
    {
        var place = $"tensor '{TensorShapes.Shown(name)}'";
        if (!_content.Storages.TryGetValue(reference.Storage.Key, out var storage))
            throw _file.Bad(place, $"its storage '{TensorShapes.Shown(reference.Storage.Key)}' is missing");
        var unit = reference.Storage.DType?.Size() ?? 1;
        if (storage.Length / unit != reference.Storage.Count || storage.Length % unit != 0)
            throw _file.Bad(place, $"its storage has {storage.Length} bytes, {(Int128)reference.Storage.Count * unit} are needed");
        if (reference.Storage.DType is { } typed && typed != reference.DType && typed.Size() != reference.DType.Size())
            throw _file.Bad(place, "storage and tensor are of different types");
        var bytes = TensorShapes.ByteLength(reference.DType, reference.Shape)!.Value; // looked at when it was rebuilt
        var reach = (Int128?)StridedCopy.Reach(reference.Offset, reference.Shape, reference.Strides)
            + (bytes == 0 ? 0 : reference.Storage.Start);
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

/// <summary>What either format of torch.save comes down to.</summary>
/// <param name="Root">What the pickle built.</param>
/// <param name="Storages">By key.</param>
internal sealed record TorchContent(object? Root, IReadOnlyDictionary<string, TorchStorage> Storages);

/// <summary>
/// torch.save's format since PyTorch 1.6: a zip archive of NAME/data.pkl, NAME/byteorder and a NAME/data/KEY for every storage
/// (torch/serialization.py, caffe2/serialize/inline_container.h).
/// </summary>
internal static class TorchZipFormat
{
    private const int MaxPickle = 64 << 20;

    public static TorchContent Read(MappedFile file)
    {
        var entries = ZipDirectory.Read(file);
        var pickles = entries.Values.Where(e => e.Name.EndsWith("/data.pkl", StringComparison.Ordinal)
            && e.Name.IndexOf('/', StringComparison.Ordinal) == e.Name.Length - 9).Take(2).ToList();
        if (pickles.Count != 1)
            throw file.Bad("zip archive", $"{(pickles.Count == 0 ? "no" : "more than one")} NAME/data.pkl is in it: {Guess(entries)}");
        var prefix = pickles[0].Name[..^"data.pkl".Length];
        if (entries.ContainsKey(prefix + "constants.pkl"))
            throw file.Bad("zip archive", "this is a TorchScript program (torch.jit.save), not weights; in Python, save its "
                + "state_dict() with torch.save");
        if (entries.TryGetValue(prefix + "byteorder", out var order) && !Content(file, order, 16).SequenceEqual("little"u8))
            throw file.Bad(order.Name, "its numbers are not little-endian");
        var pickle = Content(file, pickles[0], MaxPickle);
        var reader = new PickleReader(pickle, file.Path, pickles[0].Name);
        var root = reader.Read();
        if (reader.Position != pickle.Length)
            throw file.Bad(pickles[0].Name, $"{pickle.Length - reader.Position} bytes follow the pickle");
        var data = prefix + "data/";
        return new TorchContent(root, entries.Values.Where(e => e.Name.StartsWith(data, StringComparison.Ordinal))
            .ToDictionary(e => e.Name[data.Length..], e => new TorchStorage(e.Offset, e.Length, e.Crc), StringComparer.Ordinal));
    }

    private static ReadOnlySpan<byte> Content(MappedFile file, ZipEntry entry, int limit)
    {
        if (entry.Length > limit) throw file.Bad(entry.Name, $"{entry.Length} bytes are more than {limit}");
        var bytes = file.Slice(entry.Offset, (int)entry.Length, entry.Name);
        return Crc32.HashToUInt32(bytes) == entry.Crc
            ? bytes
            : throw file.Bad(entry.Name, "its checksum (CRC-32) is wrong: the file is damaged");
    }

    private static string Guess(Dictionary<string, ZipEntry> entries)
    {
        if (entries.ContainsKey("model.weights.h5")) return "this is a whole Keras model (.keras); unpack it and use its model.weights.h5";
        if (entries.ContainsKey("manifest.json")) return "this looks like a bundle of CaptionTL, which is used with --model";
        return "this is not a checkpoint of PyTorch";
    }
}

/// <summary>
/// torch.save's format before PyTorch 1.6: pickles of a magic number, a version, the machine's byte order, the object and the
/// storages' keys, then every storage as its count of elements (64 bits) and the elements (torch/serialization.py, _legacy_save).
/// </summary>
internal static class TorchLegacyFormat
{
    private const int MaxPickle = 64 << 20;
    private static readonly Int128 Magic = new(0x1950, 0xa86a20f9469cfc6c);

    public static TorchContent Read(MappedFile file)
    {
        var at = 0L;
        if (Next(file, ref at, "magic number") is not Int128 magic || magic != Magic)
            throw file.Bad("magic number", "this is a pickle, but not one that torch.save wrote");
        if (Next(file, ref at, "version") is not 1001L) throw file.Bad("version", "is not 1001");
        if (Next(file, ref at, "system") is not PickleDict system || system.Find("little_endian") is not true)
            throw file.Bad("system", "its numbers are not little-endian");
        var root = Next(file, ref at, "pickle");
        if (Next(file, ref at, "keys") is not PickleList keys) throw file.Bad("keys", "are not a list");
        var types = StorageTypes.Of(root, file);
        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        foreach (var item in keys.Items)
        {
            if (item is not string key || !types.TryGetValue(key, out var type))
                throw file.Bad("keys", "name a storage that no tensor uses");
            var place = $"storage '{TensorShapes.Shown(key)}'";
            var count = BinaryPrimitives.ReadInt64LittleEndian(file.Slice(at, 8, place));
            if (count != type.Count) throw file.Bad(place, $"has {count} elements, the tensors say {type.Count}");
            at += 8;
            if (count > (file.Length - at) / type.Width) throw file.Bad(place, $"its {count} elements do not fit the file: it is cut off");
            if (!storages.TryAdd(key, new TorchStorage(at, count * type.Width, null))) throw file.Bad(place, "occurs twice");
            at += count * type.Width;
        }
        return at == file.Length ? new TorchContent(root, storages)
            : throw file.Bad("end", $"{file.Length - at} bytes follow the last storage");
    }

    private static object? Next(MappedFile file, ref long at, string place)
    {
        var reader = new PickleReader(file.Slice(at, (int)Math.Min(file.Length - at, MaxPickle), place), file.Path,
            $"{place}, pickle from byte {at} on");
        var value = reader.Read();
        at += reader.Position;
        return value;
    }
}
