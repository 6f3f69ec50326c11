using System.Text;

namespace CaptionTL.Weights.Hdf5;

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
        if (!_seen.Add(address) || _seen.Count > MaxNodes || depth > 16) throw file.Bad(place, "its members run in a circle, or are too many");
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
