using System.Text;

namespace CaptionTL.Weights.Hdf5;

/// <summary>Texts of variable length, which attributes keep in global heap collections.</summary>
internal sealed class Hdf5TextHeap(MappedFile file)
{
    private const string Place = "global heap";
    private const int MaxCollection = 16 << 20;
    private const int MaxText = 64 << 10;
    private const int MaxScans = 4096;
    private int _scans;

    /// <param name="reference">Length (32 bits), address of the collection, index in it (32 bits).</param>
    public string Read(Hdf5Cursor reference)
    {
        var (length, address, index) = (reference.UInt32(), reference.Address(), reference.UInt32());
        if (length == 0 || address == 0) return "";
        if (length > MaxText || ++_scans > MaxScans) throw file.Bad(Place, $"a text of {length} bytes, or too many texts");
        var start = new Hdf5Cursor(file.Slice(address, 16, Place), file, Place);
        start.Expect("GCOL"u8);
        if (start.UInt32() != 1) throw start.Bad("its version is not 1");
        var size = start.Length();
        if (size is < 16 or > MaxCollection) throw start.Bad($"a collection of {size} bytes");
        var objects = new Hdf5Cursor(file.Slice(address + 16, (int)size - 16, Place), file, Place);
        while (objects.Left >= 16)
        {
            var found = objects.UInt16();
            objects.Take(6);
            var bytes = objects.Length();
            if (found == 0) break; // the rest is free
            if (bytes > objects.Left) throw objects.Bad("an object is cut off");
            var content = objects.Take((int)bytes);
            objects.Take(Math.Min(objects.Left, (int)(-bytes & 7)));
            if (found != index) continue;
            return length <= bytes ? Encoding.UTF8.GetString(content[..(int)length].TrimEnd((byte)0)) : throw objects.Bad("a text is longer than its object");
        }
        throw file.Bad(Place, $"object {index} is not in it");
    }
}
