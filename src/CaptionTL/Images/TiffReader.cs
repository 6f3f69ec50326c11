using System.Buffers.Binary;

namespace CaptionTL.Images;

/// <summary>One entry of a directory: how its values are stored, how many they are and at which byte they begin.</summary>
internal readonly record struct TiffField(ushort Type, long Count, long At)
{
    /// <summary>0 for a type that TIFF does not know.</summary>
    public int ValueBytes => Type switch
    {
        1 or 2 or 6 or 7 => 1,
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 0,
    };
}

/// <summary>The directories of a TIFF, a BigTIFF or an EXIF block. Every offset is checked before it is followed.</summary>
/// <remarks>TIFF revision 6.0, section 2; BigTIFF has 64 bits where TIFF has 32.</remarks>
internal sealed class TiffReader
{
    private const int MostEntries = 4096;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly bool _big;

    /// <exception cref="InvalidDataException">Not a TIFF.</exception>
    public TiffReader(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        BigEndian = At(0, 1)[0] == 'M';
        _big = U16(2) == 43;
        FirstDirectory = _big ? U64(8) : U32(4);
    }

    public int Length => _bytes.Length;

    public bool BigEndian { get; }

    /// <summary>Where the first page's directory begins.</summary>
    public long FirstDirectory { get; }

    /// <summary>
    /// Directories from the first on, at most <paramref name="most"/>; a loop or an offset out of the file ends the count.
    /// </summary>
    public int CountDirectories(int most)
    {
        var seen = new HashSet<long>();
        for (var at = FirstDirectory; at > 0 && at < _bytes.Length && seen.Count < most && seen.Add(at);)
        {
            var (entries, start, entryBytes) = Entries(at);
            var next = start + entries * entryBytes;
            if (entries > _bytes.Length || next + (_big ? 8 : 4) > _bytes.Length) break;
            at = _big ? U64(next) : U32(next);
        }
        return seen.Count;
    }

    /// <summary>The entries by tag; of one that stands there twice the first.</summary>
    /// <exception cref="InvalidDataException">The directory does not lie within the file.</exception>
    public Dictionary<ushort, TiffField> ReadDirectory(long at)
    {
        var (count, start, entryBytes) = Entries(at);
        if (count > MostEntries) throw new InvalidDataException(FormattableString.Invariant($"its directory has {count:N0} entries"));
        var fields = new Dictionary<ushort, TiffField>();
        for (var i = 0; i < count; i++)
        {
            var entry = start + i * entryBytes;
            At(entry, entryBytes);
            var field = new TiffField(U16(entry + 2), _big ? U64(entry + 4) : U32(entry + 4), 0);
            var (value, inline) = _big ? (entry + 12, 8) : (entry + 8, 4);
            // Few values stand in the entry itself, more of them where it points to.
            var length = field.Count > _bytes.Length ? long.MaxValue : field.Count * field.ValueBytes;
            fields.TryAdd(U16(entry), field with { At = length <= inline ? value : _big ? U64(value) : U32(value) });
        }
        return fields;
    }

    /// <summary>Unsigned whole numbers of whatever width they are stored in.</summary>
    /// <exception cref="InvalidDataException">They do not lie within the file, or are more than <paramref name="most"/>.</exception>
    public long[] Numbers(TiffField field, long most)
    {
        var bytes = Raw(field, most);
        if (field.Type is not (1 or 3 or 4 or 13 or 16 or 18)) throw new InvalidDataException("a tag is of the wrong type");
        var numbers = new long[field.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            var at = field.At + (long)i * field.ValueBytes;
            numbers[i] = field.ValueBytes switch { 1 => bytes[i], 2 => U16(at), 4 => U32(at), _ => U64(at) };
        }
        return numbers;
    }

    /// <summary>The first of a field's numbers.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public long First(TiffField field) => Numbers(field with { Count = Math.Min(field.Count, 1) }, 1)[0];

    /// <summary>The bytes of a field's values, in the file's byte order.</summary>
    /// <exception cref="InvalidDataException">They do not lie within the file, or are more than <paramref name="most"/>.</exception>
    public ReadOnlySpan<byte> Raw(TiffField field, long most)
    {
        if (field.Count < 1 || field.Count > most || field.ValueBytes == 0)
            throw new InvalidDataException("a tag has a wrong number of values");
        return At(field.At, field.Count * field.ValueBytes);
    }

    /// <exception cref="InvalidDataException">Some of it lies outside of the file.</exception>
    public ReadOnlyMemory<byte> Slice(long at, long length)
    {
        if (at < 0 || length < 0 || at > _bytes.Length - length) throw new InvalidDataException("it points outside of itself");
        return _bytes.Slice((int)at, (int)length);
    }

    private ReadOnlySpan<byte> At(long at, long length) => Slice(at, length).Span;

    /// <summary>How many entries a directory has, where the first begins, and how long each is.</summary>
    private (long Count, long Start, int EntryBytes) Entries(long at) => _big ? (U64(at), at + 8, 20) : (U16(at), at + 2, 12);

    private ushort U16(long at) =>
        BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(At(at, 2)) : BinaryPrimitives.ReadUInt16LittleEndian(At(at, 2));

    private long U32(long at) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(At(at, 4)) : BinaryPrimitives.ReadUInt32LittleEndian(At(at, 4));

    /// <summary>Numbers above 2^63 become negative, which no offset or count may be.</summary>
    private long U64(long at) =>
        BigEndian ? BinaryPrimitives.ReadInt64BigEndian(At(at, 8)) : BinaryPrimitives.ReadInt64LittleEndian(At(at, 8));
}
