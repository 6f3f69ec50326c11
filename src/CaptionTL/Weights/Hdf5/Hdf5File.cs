using System.Text;

namespace CaptionTL.Weights.Hdf5;

/// <summary>
/// The numeric datasets of an HDF5 file in the layout that h5py, and so Keras, writes by default (HDF5 File Format Specification,
/// superblock 0 and 1, object headers 1, symbol tables; data in one piece or in blocks, plain or gzip with shuffle). Links, external and
/// virtual data are refused. Read here and not by the HDF5 library, which crashes or takes seconds on some damaged files, nor by
/// PureHDF 2.2: of 6,000 mutations of a file of 13 KB, 9 make it ask for 83 MiB to more than 1 GiB, and a B-tree that runs in a circle
/// overflows its stack, which ends the process.
/// </summary>
internal sealed class Hdf5File : ITensorFile
{
    public const string HowToRewrite = "rewrite the file with h5py's default settings (without libver='latest')";

    private const int MaxObjects = 50_000;
    private const int MaxDepth = 32;

    private readonly MappedFile _file;
    private readonly Dictionary<string, Hdf5Object> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> _tensors = new(StringComparer.Ordinal);

    private Hdf5File(MappedFile file)
    {
        _file = file;
        var reader = new Hdf5ObjectReader(file, new Hdf5TextHeap(file));
        Walk(reader, new Hdf5Groups(file), ReadSuperblock(), "", [], 0);
        RequireDistinct();
        Metadata = _objects[""].Texts.Where(t => t.Value.Length == 1)
            .ToDictionary(t => TensorShapes.Shown(t.Key), t => TensorShapes.Shown(t.Value[0]), StringComparer.Ordinal);
    }

    public string Path => _file.Path;

    public string Format => "HDF5";

    /// <summary>Datasets by their paths, without the leading slash.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="WeightFileException">The file cannot be read, is damaged, or uses what weights have no use for.</exception>
    public static Hdf5File Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new Hdf5File(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Groups and datasets by path; the root is "".</summary>
    public IEnumerable<string> Objects => _objects.Keys;

    /// <summary>An attribute of text of a group or dataset; null where there is none.</summary>
    public IReadOnlyList<string>? Texts(string path, string attribute) => _objects.TryGetValue(path, out var found)
        ? found.Texts.GetValueOrDefault(attribute) : null;

    public void Read(string name, Span<byte> destination)
    {
        if (!_tensors.TryGetValue(name, out var entry)) throw _file.Bad(Place(name), "is not in the file");
        if (destination.Length != entry.Length)
            throw new ArgumentException($"'{name}' takes {entry.Length} bytes, not {destination.Length}", nameof(destination));
        if (destination.IsEmpty) return;
        var item = _objects[name];
        if (item.Storage is Hdf5Storage.Contiguous run) _file.Slice(run.Offset, destination.Length, Place(name)).CopyTo(destination);
        else Chunks(name, item).Read(destination);
    }

    public void Dispose() => _file.Dispose();

    private long ReadSuperblock()
    {
        var cursor = new Hdf5Cursor(_file.Slice(0, (int)Math.Min(_file.Length, 100), "superblock"), _file, "superblock");
        cursor.Take(8); // the signature, which brought us here
        var version = cursor.Byte();
        if (version > 1) throw cursor.Bad($"version {version} is not read; {HowToRewrite}");
        cursor.Take(4);
        if ((cursor.Byte(), cursor.Byte()) != (8, 8)) throw cursor.Bad("addresses and lengths are not of 64 bits");
        cursor.Take(version == 0 ? 9 : 13);
        var (start, _, end) = (cursor.Address(), cursor.Address(), cursor.Address());
        if (start != 0) throw cursor.Bad("the file does not begin at byte 0");
        if (end != _file.Length)
            throw cursor.Bad($"the file should have {end} bytes and has {_file.Length}: it is cut off, or something was added");
        cursor.Address();
        cursor.Length();
        return cursor.Address();
    }

    private void Walk(Hdf5ObjectReader reader, Hdf5Groups groups, long address, string path, HashSet<long> seen, int depth)
    {
        if (!seen.Add(address) || seen.Count > MaxObjects || depth > MaxDepth)
            throw _file.Bad(Place(path), "the groups run in a circle, share a member, or are too many");
        var item = reader.Read(address, path);
        if (!_objects.TryAdd(path, item)) throw _file.Bad(Place(path), "occurs twice");
        if (item.Group is { } group)
        {
            foreach (var (name, member) in groups.Members(group, path))
                Walk(reader, groups, member, path.Length == 0 ? name : $"{path}/{name}", seen, depth + 1);
        }
        else if (path.Length == 0)
        {
            throw _file.Bad("superblock", "the root is not a group");
        }
        else
        {
            Add(path, item);
        }
    }

    private void Add(string path, Hdf5Object item)
    {
        if (item.Shape is null || item.Type is null || item.Storage is null)
            throw _file.Bad(Place(path), "is neither a group nor a dataset");
        var dtype = item.Type.IsOpaque && item.Type.Size == 2 && item.Texts.GetValueOrDefault("dtype") is ["bfloat16"] ? TensorDType.BF16
            : item.Type.DType;
        if (dtype is not { } type)
        {
            if (item.Type.IsText || item.Type.IsHeapText) return; // notes, not weights
            throw _file.Bad(Place(path), "its element type is none that tensors have");
        }
        var length = TensorShapes.ByteLength(type, item.Shape)
            ?? throw _file.Bad(Place(path), $"shape {TensorShapes.Text(item.Shape)} takes more than 2^63 bytes");
        if (item.Storage is Hdf5Storage.Contiguous run && length > 0)
        {
            if (run.Offset == Hdf5Cursor.Undefined) throw _file.Bad(Place(path), "its data were never written");
            if (item.Filters.Length > 0) throw _file.Bad(Place(path), "it has filters, but no blocks to filter");
            if (run.Length != length)
                throw _file.Bad(Place(path), $"{type.Name()} of shape {TensorShapes.Text(item.Shape)} takes {length} bytes, "
                    + $"{run.Length} are stored");
            _file.Require(run.Offset, length, Place(path));
        }
        _tensors.Add(path, new TensorEntry(path, type, item.Shape, length));
    }

    /// <summary>No two datasets may share bytes.</summary>
    private void RequireDistinct()
    {
        var extents = new List<(long Offset, long Length, string Name)>();
        foreach (var (name, entry) in _tensors)
        {
            if (entry.Length == 0) continue;
            if (_objects[name].Storage is Hdf5Storage.Contiguous run) extents.Add((run.Offset, run.Length, name));
            else extents.AddRange(Chunks(name, _objects[name]).Extents().Select(e => (e.Offset, e.Length, name)));
        }
        extents.Sort();
        for (var i = 1; i < extents.Count; i++)
            if (extents[i].Offset < extents[i - 1].Offset + extents[i - 1].Length)
                throw _file.Bad(Place(extents[i].Name), $"its data overlap those of '{TensorShapes.Shown(extents[i - 1].Name)}'");
    }

    private Hdf5Chunks Chunks(string name, Hdf5Object item) =>
        new(_file, (Hdf5Storage.Chunked)item.Storage!, item.Filters, item.Shape!, _tensors[name].DType.Size(), Place(name));

    private static string Place(string path) => path.Length == 0 ? "root group" : $"dataset '{TensorShapes.Shown(path)}'";
}

/// <summary>The members of a group: a B-tree of symbol table nodes, with the names in a local heap.</summary>
internal sealed class Hdf5Groups(MappedFile file)
{
    private const int MaxNodes = 100_000;
    private const int MaxName = 1024;
    private readonly HashSet<long> _seen = [];

    /// <summary>Names and object header addresses, in the order of the file (by name).</summary>
    /// <exception cref="WeightFileException">Damaged; or a soft or external link.</exception>
    public List<(string Name, long Address)> Members((long Tree, long Heap) group, string name)
    {
        var place = $"group '{TensorShapes.Shown(name)}'";
        var heap = new Hdf5Cursor(file.Slice(group.Heap, 32, place), file, place);
        heap.Expect("HEAP"u8);
        if (heap.UInt32() != 0) throw heap.Bad("version of its names is not 0");
        var (size, _, data) = (heap.Length(), heap.Address(), heap.Address());
        file.Slice(data, (int)Math.Min(size, int.MaxValue), place);
        var members = new List<(string, long)>();
        ReadNode(group.Tree, (data, size), place, members, depth: 0, level: -1);
        return members;
    }

    private void ReadNode(long address, (long Offset, long Length) names, string place, List<(string, long)> members, int depth, int level)
    {
        if (!_seen.Add(address) || _seen.Count > MaxNodes || depth > 16)
            throw file.Bad(place, "its members run in a circle, or are too many");
        var header = new Hdf5Cursor(file.Slice(address, 24, place), file, place);
        header.Expect("TREE"u8);
        var (type, at, count) = (header.Byte(), header.Byte(), header.UInt16());
        if (type != 0 || (level >= 0 && at != level - 1)) throw header.Bad("its B-tree is damaged");
        var entries = new Hdf5Cursor(file.Slice(address + 24, (16 * count) + 8, place), file, place);
        for (var i = 0; i < count; i++)
        {
            entries.Length();
            var child = entries.Address();
            if (at > 0) ReadNode(child, names, place, members, depth + 1, at);
            else ReadSymbols(child, names, place, members);
        }
    }

    private void ReadSymbols(long address, (long Offset, long Length) names, string place, List<(string, long)> members)
    {
        if (!_seen.Add(address)) throw file.Bad(place, "its members run in a circle");
        var header = new Hdf5Cursor(file.Slice(address, 8, place), file, place);
        header.Expect("SNOD"u8);
        if (header.UInt16() != 1) throw header.Bad("version of its members is not 1");
        var count = header.UInt16();
        var entries = new Hdf5Cursor(file.Slice(address + 8, 40 * count, place), file, place);
        for (var i = 0; i < count; i++)
        {
            var (nameAt, target, kind) = (entries.Length(), entries.Address(), entries.UInt32());
            entries.Take(20);
            var name = Name(nameAt, names, place);
            if (kind > 1) throw entries.Bad($"'{TensorShapes.Shown(name)}' is a link to somewhere else, which is not followed");
            members.Add((name, target));
        }
    }

    private string Name(long at, (long Offset, long Length) names, string place)
    {
        if (at >= names.Length) throw file.Bad(place, "a name lies outside its heap");
        var bytes = file.Slice(names.Offset + at, (int)Math.Min(names.Length - at, MaxName), place);
        var end = bytes.IndexOf((byte)0);
        return end > 0 ? Encoding.UTF8.GetString(bytes[..end]) : throw file.Bad(place, "a name without an end");
    }
}
