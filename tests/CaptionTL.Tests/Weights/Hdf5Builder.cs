using System.Runtime.InteropServices;
using System.Text;

namespace CaptionTL.Tests.Weights;

/// <summary>
/// HDF5 files laid out as h5py does by default (superblock 0, object headers 1, symbol tables): groups, float32 datasets in one run, and
/// attributes of text as Keras writes them. Offsets and lengths are of 64 bits.
/// </summary>
internal sealed class Hdf5Builder
{
    private const int SymbolsPerNode = 8;
    private const int NodesPerTree = 32;
    private const ulong Undefined = ulong.MaxValue;

    private sealed class Item
    {
        public SortedDictionary<string, Item> Members { get; } = new(StringComparer.Ordinal);

        public long[]? Shape { get; set; }

        public float[] Values { get; set; } = [];

        public List<(string Name, object Value)> Attributes { get; } = [];
    }

    private readonly Item _root = new();
    private readonly List<byte> _bytes = [.. new byte[96]];

    public void Group(string path) => Find(path);

    public void Dataset(string path, long[] shape, float[] values)
    {
        var item = Find(path);
        (item.Shape, item.Values) = (shape, values);
    }

    /// <summary>One text of variable length.</summary>
    public void Text(string path, string name, string value) => Find(path).Attributes.Add((name, value));

    /// <summary>A list of texts of fixed length.</summary>
    public void Texts(string path, string name, string[] values) => Find(path).Attributes.Add((name, values));

    /// <returns>The path of a file in the folder.</returns>
    public string Write(TemporaryFolder folder)
    {
        var root = Put(_root);
        Bytes(w =>
        {
            w.Write("\u0089HDF\r\n\u001a\n"u8[1..]); // U+0089 takes two bytes, of which the signature has the second
            w.Write([0, 0, 0, 0, 0, 8, 8, 0]);
            w.Write((ushort)(SymbolsPerNode / 2));
            w.Write((ushort)(NodesPerTree / 2));
            w.Write(0);
            foreach (var address in (ulong[])[0, Undefined, (ulong)_bytes.Count, Undefined, 0, root]) w.Write(address);
        }).CopyTo(CollectionsMarshal.AsSpan(_bytes));
        var path = folder.File(Guid.NewGuid().ToString("N") + ".h5");
        File.WriteAllBytes(path, _bytes.ToArray());
        return path;
    }

    private Item Find(string path)
    {
        var item = _root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!item.Members.TryGetValue(part, out var member)) item.Members.Add(part, member = new Item());
            item = member;
        }
        return item;
    }

    /// <summary>What an object points to first, then its header.</summary>
    /// <returns>Where the header is.</returns>
    private ulong Put(Item item)
    {
        var messages = item.Shape is { } shape
            ? (List<(ushort Type, byte[] Data)>)
            [
                (0x01, Dataspace(shape)),
                (0x03, [0x11, 0x20, 0x1F, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0]), // float32
                (0x05, [2, 2, 2, 0]), // no fill value
                (0x08, Layout(item.Values)),
            ]
            : [(0x11, PutMembers(item))];
        messages.AddRange(item.Attributes.Select(a => ((ushort)0x0C, Attribute(a.Name, a.Value))));
        var blocks = Bytes(w =>
        {
            foreach (var (type, data) in messages)
            {
                w.Write(type);
                w.Write((ushort)Padded(data).Length);
                w.Write(0);
                w.Write(Padded(data));
            }
        });
        return Append(Bytes(w =>
        {
            w.Write([1, 0]);
            w.Write((ushort)messages.Count);
            w.Write(1);
            w.Write(blocks.Length);
            w.Write(0);
            w.Write(blocks);
        }));
    }

    private byte[] Layout(float[] values)
    {
        var address = Append(MemoryMarshal.AsBytes(values.AsSpan()));
        return Bytes(w => { w.Write([3, 1]); w.Write(address); w.Write(4L * values.Length); });
    }

    /// <summary>A heap with the names, a B-tree of one node, and nodes of up to eight members.</summary>
    private byte[] PutMembers(Item group)
    {
        var members = group.Members.Select(m => (Name: Encoding.UTF8.GetBytes(m.Key), Address: Put(m.Value))).ToList();
        var (names, offsets) = (new MemoryStream(new byte[8 + members.Sum(m => (m.Name.Length + 8) & ~7)]), new List<ulong> { 0 });
        names.Position = 8;
        foreach (var (name, _) in members)
        {
            offsets.Add((ulong)names.Position);
            names.Write(Padded([.. name, 0]));
        }
        var heapData = Append(names.ToArray());
        var heap = Append(Bytes(w => { w.Write("HEAP\0\0\0\0"u8); w.Write(names.Length); w.Write(1L); w.Write(heapData); }));
        var nodes = members.Zip(offsets.Skip(1), (m, at) => (At: at, m.Address)).Chunk(SymbolsPerNode)
            .Select(node => (Last: node[^1].At, Address: Append(Symbols(node)))).ToList();
        nodes.Count.ShouldBeLessThanOrEqualTo(NodesPerTree, "more members than a B-tree of one level holds");
        var tree = new byte[24 + (16 * NodesPerTree) + 8];
        Bytes(w =>
        {
            w.Write("TREE\0\0"u8);
            w.Write((ushort)nodes.Count);
            w.Write(Undefined);
            w.Write(Undefined);
            w.Write(0L);
            foreach (var (last, address) in nodes) { w.Write(address); w.Write(last); }
        }).CopyTo(tree, 0);
        var treeAddress = Append(tree);
        return Bytes(w => { w.Write(treeAddress); w.Write(heap); });
    }

    private static byte[] Symbols((ulong NameAt, ulong Address)[] members)
    {
        var node = new byte[8 + (40 * SymbolsPerNode)];
        Bytes(w =>
        {
            w.Write("SNOD\u0001\0"u8);
            w.Write((ushort)members.Length);
            foreach (var (name, address) in members) { w.Write(name); w.Write(address); w.Write(new byte[24]); }
        }).CopyTo(node, 0);
        return node;
    }

    private byte[] Attribute(string name, object value)
    {
        var (type, shape, data) = value is string text
            ? (VariableText(), Dataspace([]), InHeap(Encoding.UTF8.GetBytes(text)))
            : FixedTexts((string[])value);
        var title = Encoding.UTF8.GetBytes(name + "\0");
        return Bytes(w =>
        {
            w.Write((ushort)1);
            foreach (var part in (byte[][])[title, type, shape]) w.Write((ushort)part.Length);
            foreach (var part in (byte[][])[title, type, shape, data]) w.Write(Padded(part));
        });
    }

    private static (byte[] Type, byte[] Shape, byte[] Data) FixedTexts(string[] values)
    {
        var texts = values.Select(Encoding.UTF8.GetBytes).ToList();
        var width = texts.Max(t => t.Length);
        var type = Bytes(w => { w.Write([0x13, 1, 0, 0]); w.Write(width); });
        return (type, Dataspace([values.Length]), [.. texts.SelectMany(t => t.Concat(new byte[width - t.Length]))]);
    }

    private static byte[] VariableText() => [0x19, 1, 1, 0, 16, 0, 0, 0, 0x13, 0x10, 0, 0, 1, 0, 0, 0];

    /// <summary>A text in a global heap of its own, of the least size there may be.</summary>
    /// <returns>Length, address, index.</returns>
    private byte[] InHeap(byte[] text)
    {
        var heap = new byte[4096];
        Bytes(w =>
        {
            w.Write("GCOL\u0001\0\0\0"u8);
            w.Write((long)heap.Length);
            w.Write([1, 0, 1, 0, 0, 0, 0, 0]); // object 1, referred to once
            w.Write((long)text.Length);
            w.Write(Padded(text));
            w.Write(0L); // object 0: what is left
            w.Write(heap.Length - 40L - Padded(text).Length + 8);
        }).CopyTo(heap, 0);
        var address = Append(heap);
        return Bytes(w => { w.Write(text.Length); w.Write(address); w.Write(1); });
    }

    private static byte[] Dataspace(long[] shape) => Bytes(w =>
    {
        w.Write([1, (byte)shape.Length, 0, 0, 0, 0, 0, 0]);
        foreach (var n in shape) w.Write(n);
    });

    private ulong Append(ReadOnlySpan<byte> bytes)
    {
        var address = (_bytes.Count + 7) & ~7;
        _bytes.AddRange(new byte[address - _bytes.Count]);
        _bytes.AddRange(bytes);
        return (ulong)address;
    }

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 7]];

    private static byte[] Bytes(Action<BinaryWriter> write)
    {
        var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes)) write(writer);
        return bytes.ToArray();
    }
}
