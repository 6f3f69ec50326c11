using System.Buffers.Binary;
using System.Text;

namespace CaptionTL.Weights.PyTorch;

/// <summary>
/// The entries of a zip archive as PyTorch writes them (APPNOTE.TXT of PKWARE; zip64 where large): stored without compression, local
/// and central headers equal, every byte of the file in exactly one place. Whatever else a zip archive can be is refused.
/// </summary>
internal static class ZipDirectory
{
    private const int MaxEntries = 100_000;
    private const int MaxName = 512;
    private const int HasDescriptor = 1 << 3;
    private const int IsUtf8 = 1 << 11;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <param name="Flags">General purpose bits.</param>
    private sealed record Header(string Name, int Flags, uint Crc, long Length, long Start, ReadOnlyMemory<byte> NameBytes);

    /// <summary>Entries by name. Their content is not read; its checksum is the caller's to compare.</summary>
    /// <exception cref="WeightFileException">Anything that is not as said above.</exception>
    public static Dictionary<string, ZipEntry> Read(MappedFile file)
    {
        var (count, start, end) = FindDirectory(file);
        var headers = new List<Header>();
        var at = start;
        for (var i = 0L; i < count; i++) headers.Add(ReadCentral(file, ref at, end));
        if (at != end) throw file.Bad("zip directory", $"{end - at} bytes follow its {count} entries");
        headers.Sort((a, b) => a.Start.CompareTo(b.Start));
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        at = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            var next = i + 1 < headers.Count ? headers[i + 1].Start : start;
            var entry = ReadLocal(file, headers[i], at, next);
            if (!entries.TryAdd(entry.Name, entry)) throw file.Bad($"zip entry '{TensorShapes.Shown(entry.Name)}'", "occurs twice");
            at = next;
        }
        if (headers.Count == 0 || at != start) throw file.Bad("zip directory", "the archive has no entries");
        return entries;
    }

    /// <summary>Number of entries, first byte of the central directory and the byte after it.</summary>
    private static (long Count, long Start, long End) FindDirectory(MappedFile file)
    {
        if (file.Length < 22) throw file.Bad("zip end record", $"{file.Length} bytes are too few: it is cut off");
        var record = file.Slice(file.Length - 22, 22, "zip end record");
        if (Word(record, 0) != 0x06054b50 || Half(record, 20) != 0)
            throw file.Bad("zip end record", "is not at the end of the file: it is cut off, or something was added");
        if (Half(record, 4) != 0 || Half(record, 6) != 0 || Half(record, 8) != Half(record, 10))
            throw file.Bad("zip end record", "the archive is one of several parts");
        (long count, long size, long start, var end) = (Half(record, 10), Word(record, 12), Word(record, 16), file.Length - 22);
        if (end >= 76 && Word(file.Slice(end - 20, 20, "zip64 locator"), 0) == 0x07064b50)
        {
            var locator = file.Slice(end - 20, 20, "zip64 locator");
            var at = Long(file, locator, 8);
            if (Word(locator, 4) != 0 || Word(locator, 16) != 1 || at != end - 76)
                throw file.Bad("zip64 locator", "does not point to the record before it");
            var wide = file.Slice(at, 56, "zip64 end record");
            if (Word(wide, 0) != 0x06064b50 || Long(file, wide, 4) != 44 || Word(wide, 16) != 0 || Word(wide, 20) != 0
                || Long(file, wide, 24) != Long(file, wide, 32))
                throw file.Bad("zip64 end record", "is not as the format says");
            var (wideCount, wideSize, wideStart) = (Long(file, wide, 32), Long(file, wide, 40), Long(file, wide, 48));
            if ((count != wideCount && count != 0xFFFF) || (size != wideSize && size != uint.MaxValue)
                || (start != wideStart && start != uint.MaxValue))
                throw file.Bad("zip64 end record", "disagrees with the end record");
            (count, size, start, end) = (wideCount, wideSize, wideStart, at);
        }
        if (count > MaxEntries) throw file.Bad("zip end record", $"{count} entries are more than {MaxEntries}");
        if (size > end || start != end - size)
            throw file.Bad("zip end record", "the directory is not where it says: the file is cut off or damaged");
        return (count, start, end);
    }

    private static Header ReadCentral(MappedFile file, ref long at, long end)
    {
        if (end - at < 46) throw file.Bad("zip directory", "it is cut off");
        var fields = file.Slice(at, 46, "zip directory");
        if (Word(fields, 0) != 0x02014b50) throw file.Bad("zip directory", $"no entry at byte {at}");
        var (nameLength, extraLength, commentLength) = (Half(fields, 28), Half(fields, 30), Half(fields, 32));
        if (end - at - 46 < nameLength + extraLength + commentLength) throw file.Bad("zip directory", "it is cut off");
        var nameBytes = file.Slice(at + 46, nameLength, "zip directory").ToArray();
        var name = Name(file, nameBytes);
        var place = $"zip entry '{TensorShapes.Shown(name)}'";
        var (flags, crc, packed, length, start) = (Half(fields, 8), Word(fields, 16), (long)Word(fields, 20), (long)Word(fields, 24),
            (long)Word(fields, 42));
        if ((flags & ~(HasDescriptor | IsUtf8)) != 0)
            throw file.Bad(place, $"flags 0x{flags:x}: it is encrypted, or not what PyTorch writes");
        if (Half(fields, 10) != 0)
            throw file.Bad(place, "it is compressed; PyTorch stores its data uncompressed. Unpack and save it again with torch.save");
        if (commentLength != 0 || Half(fields, 34) != 0) throw file.Bad(place, "has a comment or lies in another part");
        var extra = Zip64(file.Slice(at + 46 + nameLength, extraLength, "zip directory"));
        if (length == uint.MaxValue) length = NextOf(file, ref extra, place);
        if (packed == uint.MaxValue) packed = NextOf(file, ref extra, place);
        if (start == uint.MaxValue) start = NextOf(file, ref extra, place);
        if (packed != length) throw file.Bad(place, $"{length} bytes are said to be stored in {packed}");
        at += 46 + nameLength + extraLength + commentLength;
        return new Header(name, flags, crc, length, start, nameBytes);
    }

    /// <param name="file">The archive.</param>
    /// <param name="header">What the directory says.</param>
    /// <param name="at">Where the entry before it ends.</param>
    /// <param name="next">Where the next thing begins.</param>
    private static ZipEntry ReadLocal(MappedFile file, Header header, long at, long next)
    {
        var place = $"zip entry '{TensorShapes.Shown(header.Name)}'";
        if (header.Start != at) throw file.Bad(place, $"begins at byte {header.Start}; what comes before it ends at {at}");
        var fields = file.Slice(at, 30, place);
        var (nameLength, extraLength) = (Half(fields, 26), Half(fields, 28));
        if (Word(fields, 0) != 0x04034b50 || Half(fields, 6) != header.Flags || Half(fields, 8) != 0
            || !file.Slice(at + 30, nameLength, place).SequenceEqual(header.NameBytes.Span)) throw file.Bad(place,
            "its own header disagrees with the directory");
        var described = (header.Flags & HasDescriptor) != 0;
        var (crc, packed, length) = (Word(fields, 14), (long)Word(fields, 18), (long)Word(fields, 22));
        if (!described || crc != 0 || packed != 0 || length != 0)
        {
            var extra = Zip64(file.Slice(at + 30 + nameLength, extraLength, place));
            if (length == uint.MaxValue) length = NextOf(file, ref extra, place);
            if (packed == uint.MaxValue) packed = NextOf(file, ref extra, place);
            if (crc != header.Crc || length != header.Length || packed != length)
                throw file.Bad(place, "its own header disagrees with the directory");
        }
        var data = at + 30 + nameLength + extraLength;
        if (header.Length > next - data) throw file.Bad(place, $"its {header.Length} bytes reach into what follows");
        RequireDescriptor(file, header, described, data + header.Length, next, place);
        return new ZipEntry(header.Name, data, header.Length, header.Crc);
    }

    /// <summary>Between content and next header stands nothing, or the sums once more.</summary>
    private static void RequireDescriptor(MappedFile file, Header header, bool described, long at, long next, string place)
    {
        if (next - at != 0 && !(described && next - at is 16 or 24))
            throw file.Bad(place, $"{next - at} bytes follow it that belong to nothing");
        if (described != (next - at != 0)) throw file.Bad(place, "the record after its content is missing");
        if (!described) return;
        var descriptor = file.Slice(at, (int)(next - at), place);
        var wide = descriptor.Length == 24;
        var (packed, length) = wide ? (Long(file, descriptor, 8), Long(file, descriptor, 16))
            : (Word(descriptor, 8), Word(descriptor, 12));
        if (Word(descriptor, 0) != 0x08074b50 || Word(descriptor, 4) != header.Crc || packed != header.Length || length != header.Length)
            throw file.Bad(place, "the record after its content disagrees with the directory");
    }

    private static string Name(MappedFile file, byte[] bytes)
    {
        try
        {
            var name = bytes.Length is > 0 and <= MaxName ? Utf8.GetString(bytes)
                : throw file.Bad("zip directory", $"a name of {bytes.Length} bytes");
            return name.Any(char.IsControl) ? throw file.Bad("zip directory", "a name with control characters") : name;
        }
        catch (DecoderFallbackException)
        {
            throw file.Bad("zip directory", "a name that is not valid UTF-8");
        }
    }

    /// <summary>The content of the zip64 extra field (id 1), or nothing.</summary>
    private static ReadOnlySpan<byte> Zip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var (id, length) = (Half(extra, 0), Half(extra, 2));
            if (length > extra.Length - 4) break;
            if (id == 1) return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }
        return [];
    }

    private static long NextOf(MappedFile file, ref ReadOnlySpan<byte> extra, string place)
    {
        if (extra.Length < 8) throw file.Bad(place, "one of its 64-bit sizes is missing");
        var value = Long(file, extra, 0);
        extra = extra[8..];
        return value;
    }

    private static int Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Long(MappedFile file, ReadOnlySpan<byte> bytes, int at)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
        return value >= 0 ? value : throw file.Bad("zip", "a number beyond 2^63");
    }
}

/// <summary>A stored (not compressed) entry of a zip archive.</summary>
/// <param name="Name">With forward slashes.</param>
/// <param name="Offset">First byte of its content in the file.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Crc">CRC-32 of the content.</param>
internal sealed record ZipEntry(string Name, long Offset, long Length, uint Crc);
