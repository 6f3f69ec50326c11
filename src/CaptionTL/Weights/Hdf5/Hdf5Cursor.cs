using System.Buffers.Binary;
using System.Text;

namespace CaptionTL.Weights.Hdf5;

/// <summary>Reads little-endian fields one after the other; running past the end is the typed error.</summary>
internal ref struct Hdf5Cursor(ReadOnlySpan<byte> bytes, MappedFile file, string place)
{
    /// <summary>The address that stands for "nowhere".</summary>
    public const long Undefined = -1;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Left => _rest.Length;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A length: 0 to 2^63 − 1.</summary>
    public long Length()
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
        return value >= 0 ? value : throw Bad("a length beyond 2^63");
    }

    /// <summary>A place in the file, or <see cref="Undefined"/>.</summary>
    public long Address()
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
        return value >= Undefined ? value : throw Bad("an address beyond 2^63");
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length) throw Bad("it is cut off");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Part of this as a cursor of its own.</summary>
    public Hdf5Cursor Part(int count) => new(Take(count), file, place);

    public void Expect(ReadOnlySpan<byte> signature)
    {
        if (!Take(signature.Length).SequenceEqual(signature))
            throw Bad($"the signature '{System.Text.Encoding.ASCII.GetString(signature)}' is not there");
    }

    public readonly WeightFileException Bad(string reason) => file.Bad(place, reason);
}

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
            return length <= bytes ? Encoding.UTF8.GetString(content[..(int)length].TrimEnd((byte)0))
                : throw objects.Bad("a text is longer than its object");
        }
        throw file.Bad(Place, $"object {index} is not in it");
    }
}
