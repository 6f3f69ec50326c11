using System.Buffers.Binary;

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
        if (!Take(signature.Length).SequenceEqual(signature)) throw Bad($"the signature '{System.Text.Encoding.ASCII.GetString(signature)}' is not there");
    }

    public readonly WeightFileException Bad(string reason) => file.Bad(place, reason);
}
