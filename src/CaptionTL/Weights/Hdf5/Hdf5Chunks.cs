using System.IO.Compression;

namespace CaptionTL.Weights.Hdf5;

/// <summary>Reads datasets stored as blocks: a B-tree (version 1) of blocks, each shuffled and deflated or neither.</summary>
internal sealed class Hdf5Chunks(MappedFile file, Hdf5Storage.Chunked storage, int[] filters, long[] shape, int width, string place)
{
    private const int MaxBlockBytes = 16 << 20;

    /// <summary>No deflate stream gives more than this many bytes for one.</summary>
    private const int MaxRatio = 1032;

    private readonly record struct Chunk(long[] At, long Address, long Length, bool[] Applied);

    /// <summary>Checks that every block is there exactly once, within the file and of a possible size.</summary>
    private List<Chunk> Find()
    {
        if (storage.Block.Length != shape.Length) throw file.Bad(place, "its blocks have another number of dimensions");
        var blockBytes = TensorShapes.ByteLength(TensorDType.U8, [.. storage.Block, width]);
        if (blockBytes is null or > MaxBlockBytes) throw file.Bad(place, $"blocks of more than {MaxBlockBytes} bytes");
        var expected = Int128.One;
        for (var i = 0; i < shape.Length; i++) expected *= (shape[i] + storage.Block[i] - 1) / storage.Block[i];
        // each takes more than this in the tree
        if (expected > file.Length / 32) throw file.Bad(place, $"{expected} blocks do not fit the file");
        var chunks = new List<Chunk>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (expected > 0) ReadNode(storage.Tree, chunks, seen, (long)expected, level: -1);
        if (chunks.Count != expected) throw file.Bad(place, $"{expected - chunks.Count} of its blocks were never written");
        foreach (var chunk in chunks)
        {
            file.Require(chunk.Address, chunk.Length, place);
            var packed = filters.Select((id, i) => id == 1 && chunk.Applied[i]).Any(p => p);
            if (packed ? chunk.Length > blockBytes + 1024 + (blockBytes / 8) || chunk.Length * MaxRatio < blockBytes
                : chunk.Length != blockBytes)
                throw file.Bad(place, $"a block of {blockBytes} bytes is said to be stored in {chunk.Length}");
        }
        return chunks;
    }

    private void ReadNode(long address, List<Chunk> chunks, HashSet<string> seen, long expected, int level)
    {
        var header = new Hdf5Cursor(file.Slice(address, 24, place), file, place);
        header.Expect("TREE"u8);
        var (type, at, count) = (header.Byte(), header.Byte(), header.UInt16());
        if (type != 1 || count == 0 || (level >= 0 ? at != level - 1 : at > 8)) throw header.Bad("its B-tree is damaged");
        var keySize = 8 + (8 * (shape.Length + 1));
        var entries = new Hdf5Cursor(file.Slice(address + 24, ((keySize + 8) * count) + keySize, place), file, place);
        for (var i = 0; i < count; i++)
        {
            var (length, mask) = (entries.UInt32(), entries.UInt32());
            var offsets = new long[shape.Length];
            for (var d = 0; d < offsets.Length; d++) offsets[d] = entries.Length();
            entries.Length();
            var child = entries.Address();
            if (at > 0)
            {
                if (!seen.Add($"node {child}")) throw entries.Bad("its B-tree runs in a circle");
                ReadNode(child, chunks, seen, expected, at);
                continue;
            }
            for (var d = 0; d < offsets.Length; d++)
                if (offsets[d] >= shape[d] || offsets[d] % storage.Block[d] != 0) throw entries.Bad("a block lies outside its shape");
            if (!seen.Add(string.Join(',', offsets)) || chunks.Count == expected) throw entries.Bad("a block occurs twice");
            chunks.Add(new Chunk(offsets, child, length, [.. filters.Select((_, f) => (mask & (1u << f)) == 0)]));
        }
    }

    /// <summary>Where each block begins and how long it is in the file; checks the whole index.</summary>
    public IEnumerable<(long Offset, long Length)> Extents() => Find().Select(c => (c.Address, c.Length));

    /// <param name="destination">Row-major elements of the whole dataset.</param>
    public void Read(Span<byte> destination)
    {
        var blockBytes = (int)(storage.Block.Aggregate(1L, (a, b) => a * b) * width);
        foreach (var chunk in Find())
        {
            var bytes = file.Slice(chunk.Address, (int)chunk.Length, place).ToArray();
            for (var f = filters.Length - 1; f >= 0; f--)
                if (chunk.Applied[f]) bytes = filters[f] == 1 ? Inflate(bytes, blockBytes) : Unshuffle(bytes);
            if (bytes.Length != blockBytes) throw file.Bad(place, "a block has the wrong size");
            Place(chunk.At, bytes, destination);
        }
    }

    private byte[] Inflate(byte[] packed, int length)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            return stream.ReadByte() < 0 ? bytes : throw file.Bad(place, "a block unpacks to more than it should");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new WeightFileException(file.Path, place, "a block cannot be unpacked: the file is damaged", e);
        }
    }

    /// <summary>All first bytes, then all second bytes … back to elements.</summary>
    private byte[] Unshuffle(byte[] bytes)
    {
        var (result, count) = (new byte[bytes.Length], bytes.Length / width);
        for (var b = 0; b < width; b++)
            for (var i = 0; i < count; i++) result[(i * width) + b] = bytes[(b * count) + i];
        bytes.AsSpan(count * width).CopyTo(result.AsSpan(count * width));
        return result;
    }

    /// <summary>Copies the rows of a block that lie within the shape.</summary>
    private void Place(long[] at, byte[] bytes, Span<byte> destination)
    {
        var last = shape.Length - 1;
        var row = (int)Math.Min(storage.Block[last], shape[last] - at[last]) * width;
        var index = new long[shape.Length];
        for (var from = 0L; from < bytes.Length; from += storage.Block[last] * width)
        {
            var (inside, to) = (true, 0L);
            for (var d = 0; d < shape.Length; d++)
            {
                inside &= at[d] + index[d] < shape[d];
                to = (to * shape[d]) + at[d] + index[d];
            }
            if (inside) bytes.AsSpan((int)from, row).CopyTo(destination[(int)(to * width)..]);
            for (var d = last - 1; d >= 0 && ++index[d] == storage.Block[d]; d--) index[d] = 0;
        }
    }
}

/// <summary>Where and how a dataset's elements are stored.</summary>
internal abstract record Hdf5Storage
{
    /// <summary>One run of bytes; also what lies in the object header itself.</summary>
    /// <param name="Offset">First byte; <see cref="Hdf5Cursor.Undefined"/> where nothing was ever written.</param>
    /// <param name="Length">Bytes.</param>
    public sealed record Contiguous(long Offset, long Length) : Hdf5Storage;

    /// <summary>Blocks of equal shape, found through a B-tree.</summary>
    /// <param name="Tree">Address of its root.</param>
    /// <param name="Block">Shape of a block, in elements.</param>
    public sealed record Chunked(long Tree, long[] Block) : Hdf5Storage;

    /// <summary>Data layout message, version 3 (HDF5 1.6.3 and later).</summary>
    /// <param name="cursor">Within the message.</param>
    /// <param name="messageOffset">Where the message's data begin in the file.</param>
    public static Hdf5Storage Read(ref Hdf5Cursor cursor, long messageOffset)
    {
        var (version, kind) = (cursor.Byte(), cursor.Byte());
        if (version != 3) throw cursor.Bad($"version {version} of data layouts is not read; {Hdf5File.HowToRewrite}");
        switch (kind)
        {
            case 0:
                var size = cursor.UInt16();
                cursor.Take(size);
                return new Contiguous(messageOffset + 4, size);
            case 1:
                return new Contiguous(cursor.Address(), cursor.Length());
            case 2:
                var dimensions = cursor.Byte();
                if (dimensions is < 2 or > 33) throw cursor.Bad($"blocks of {dimensions} dimensions");
                var tree = cursor.Address();
                var block = new long[dimensions - 1];
                for (var i = 0; i < block.Length; i++) block[i] = cursor.UInt32();
                if (block.Contains(0)) throw cursor.Bad("blocks without elements");
                cursor.UInt32(); // bytes of an element, once more
                return new Chunked(tree, block);
            default:
                throw cursor.Bad("its data lie outside this file (virtual), which is not read");
        }
    }
}
