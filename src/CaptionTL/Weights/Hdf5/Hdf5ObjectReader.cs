using System.Text;

namespace CaptionTL.Weights.Hdf5;

/// <summary>Reads object headers of version 1, which the library writes unless newer ones are asked for.</summary>
internal sealed class Hdf5ObjectReader(MappedFile file, Hdf5TextHeap heap)
{
    private const int MaxBlocks = 256;
    private const int MaxBlock = 16 << 20;

    /// <exception cref="WeightFileException">Damaged, or of a kind that weights have no use for.</exception>
    public Hdf5Object Read(long address, string name)
    {
        var place = $"object '{TensorShapes.Shown(name)}'";
        var prefix = new Hdf5Cursor(file.Slice(address, 16, place), file, place);
        var version = prefix.Byte();
        if (version != 1)
            throw prefix.Bad(version == 'O' ? $"it is written in the newer layout, which is not read; {Hdf5File.HowToRewrite}"
                : $"there is no object at byte {address}");
        prefix.Byte();
        var messages = prefix.UInt16();
        prefix.UInt32();
        var blocks = new Queue<(long Offset, long Length)>([(address + 16, prefix.UInt32())]);
        var result = new Hdf5Object();
        for (var i = 0; blocks.TryDequeue(out var block); i++)
        {
            if (i == MaxBlocks || block.Length > MaxBlock) throw prefix.Bad("its header is too large, or runs in a circle");
            ReadBlock(block.Offset, block.Length, place, ref messages, blocks, result);
        }
        return messages == 0 ? result : throw prefix.Bad($"{messages} messages of its header are missing");
    }

    private void ReadBlock(long offset, long length, string place, ref int messages, Queue<(long Offset, long Length)> blocks,
        Hdf5Object result)
    {
        var cursor = new Hdf5Cursor(file.Slice(offset, (int)length, place), file, place);
        while (cursor.Left >= 8 && messages > 0)
        {
            var (type, size, flags) = (cursor.UInt16(), cursor.UInt16(), cursor.Byte());
            cursor.Take(3);
            var at = offset + length - cursor.Left;
            var data = cursor.Part(size);
            messages--;
            if ((flags & 2) != 0 && type != 0) throw cursor.Bad("part of its header is shared with another object, which is not read");
            if (type == 0x10) blocks.Enqueue((data.Address(), data.Length()));
            else Apply(type, data, at, result);
        }
    }

    private void Apply(int type, Hdf5Cursor data, long at, Hdf5Object result)
    {
        switch (type)
        {
            case 0x01:
                result.Shape = result.Shape is null ? Dataspace(ref data) : throw data.Bad("it has two shapes");
                break;
            case 0x03:
                result.Type = result.Type is null ? Hdf5Type.Read(ref data) : throw data.Bad("it has two element types");
                break;
            case 0x08:
                result.Storage = result.Storage is null ? Hdf5Storage.Read(ref data, at) : throw data.Bad("it has two data layouts");
                break;
            case 0x0B:
                result.Filters = Filters(ref data);
                break;
            case 0x0C:
                Attribute(ref data, result);
                break;
            case 0x11:
                result.Group = result.Group is null ? (data.Address(), data.Address()) : throw data.Bad("it is a group twice");
                break;
            case 0x07:
                throw data.Bad("its data lie in other files (external storage), which is not read");
            case 0x02 or 0x06 or 0x15:
                throw data.Bad($"it is written in the newer layout, which is not read; {Hdf5File.HowToRewrite}");
            default:
                break; // fill values, times, comments
        }
    }

    /// <returns>The shape; a dataset without a dataspace (null) has shape [0].</returns>
    private static long[] Dataspace(ref Hdf5Cursor data)
    {
        var (version, rank, _, kind) = (data.Byte(), data.Byte(), data.Byte(), data.Byte());
        if (version is not (1 or 2)) throw data.Bad($"version {version} of shapes is not known");
        if (rank > 32) throw data.Bad($"{rank} dimensions");
        if (version == 2 && kind == 2) return [0];
        if (version == 1) data.UInt32();
        var shape = new long[rank];
        for (var i = 0; i < rank; i++) shape[i] = data.Length();
        return shape;
    }

    private static int[] Filters(ref Hdf5Cursor data)
    {
        var (version, count) = (data.Byte(), data.Byte());
        if (version is not (1 or 2) || count > 2) throw data.Bad("filters other than gzip and shuffle are not read");
        if (version == 1) data.Take(6);
        var filters = new int[count];
        for (var i = 0; i < count; i++)
        {
            var id = data.UInt16();
            if (id is not (1 or 2) || filters.Contains(id)) throw data.Bad($"filter {id}: only gzip and shuffle are read");
            var nameLength = version == 1 ? data.UInt16() : 0;
            data.UInt16();
            var values = data.UInt16();
            data.Take((nameLength + 7) & ~7);
            data.Take(4 * (version == 1 ? values + (values & 1) : values));
            filters[i] = id;
        }
        return filters;
    }

    private void Attribute(ref Hdf5Cursor data, Hdf5Object result)
    {
        var (version, _, nameSize, typeSize, shapeSize) = (data.Byte(), data.Byte(), data.UInt16(), data.UInt16(), data.UInt16());
        if (version is < 1 or > 3) throw data.Bad($"version {version} of attributes is not known");
        if (version == 3) data.Byte();
        var step = version == 1 ? 8 : 1;
        var name = Encoding.UTF8.GetString(data.Take(Round(nameSize, step)).TrimEnd((byte)0));
        var typeData = data.Part(Round(typeSize, step));
        var shapeData = data.Part(Round(shapeSize, step));
        var type = Hdf5Type.Read(ref typeData);
        var shape = Dataspace(ref shapeData);
        if (!type.IsText && !type.IsHeapText) return; // numbers say nothing that is needed here
        var bytes = TensorShapes.ByteLength(TensorDType.U8, [.. shape, type.Size]) is { } length && length <= data.Left ? (int)length
            : throw data.Bad($"attribute '{TensorShapes.Shown(name)}' is cut off");
        var texts = new string[bytes / type.Size];
        for (var i = 0; i < texts.Length; i++) texts[i] = type.IsText ? Text(data.Take(type.Size)) : heap.Read(data.Part(16));
        if (!result.Texts.TryAdd(name, texts)) throw data.Bad($"attribute '{TensorShapes.Shown(name)}' occurs twice");
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static int Round(int size, int step) => (size + step - 1) / step * step;
}

/// <summary>What the object header of a group or dataset says.</summary>
internal sealed class Hdf5Object
{
    /// <summary>Attributes of text, scalar or a list.</summary>
    public Dictionary<string, string[]> Texts { get; } = new(StringComparer.Ordinal);

    /// <summary>Of a group: addresses of its B-tree and its heap of names.</summary>
    public (long Tree, long Heap)? Group { get; set; }

    public long[]? Shape { get; set; }

    public Hdf5Type? Type { get; set; }

    public Hdf5Storage? Storage { get; set; }

    /// <summary>Of a dataset: what was done to its blocks, in this order: 1 deflate, 2 shuffle.</summary>
    public int[] Filters { get; set; } = [];
}

/// <summary>An element type of HDF5 (datatype message, versions 1 and 2).</summary>
/// <param name="Size">Bytes of an element.</param>
/// <param name="DType">Where it is a type of numbers that tensors have.</param>
/// <param name="IsText">A text of fixed length.</param>
/// <param name="IsHeapText">A text that lies in a global heap.</param>
/// <param name="IsOpaque">Bytes without a meaning; Keras stores bfloat16 so.</param>
internal sealed record Hdf5Type(int Size, TensorDType? DType, bool IsText = false, bool IsHeapText = false, bool IsOpaque = false)
{
    private const int MaxSize = 1 << 20;

    public static Hdf5Type Read(ref Hdf5Cursor cursor)
    {
        var first = cursor.Byte();
        var (kind, version) = (first & 0xF, first >> 4);
        var bits = cursor.Byte() | (cursor.Byte() << 8) | (cursor.Byte() << 16);
        var size = cursor.UInt32();
        if (version is < 1 or > 3) throw cursor.Bad($"version {version} of element types is not known");
        if (size is 0 or > MaxSize) throw cursor.Bad($"elements of {size} bytes");
        return kind switch
        {
            0 => new Hdf5Type((int)size, Integer((int)size, bits, ref cursor)),
            1 => new Hdf5Type((int)size, Float((int)size, bits, ref cursor)),
            3 => new Hdf5Type((int)size, null, IsText: true),
            5 => new Hdf5Type((int)size, null, IsOpaque: true),
            // h5py's bool
            8 => new Hdf5Type((int)size, Read(ref cursor) is { DType: TensorDType.I8, Size: 1 } && size == 1 ? TensorDType.Bool : null),
            9 => new Hdf5Type((int)size, null, IsHeapText: (bits & 0xF) == 1 && size == 16),
            _ => new Hdf5Type((int)size, null),
        };
    }

    private static TensorDType? Integer(int size, int bits, ref Hdf5Cursor cursor)
    {
        var (offset, precision) = (cursor.UInt16(), cursor.UInt16());
        if ((bits & 1) != 0 || offset != 0 || precision != 8 * size) return null; // big-endian, or padded
        return (size, (bits & 8) != 0) switch
        {
            (1, true) => TensorDType.I8,
            (2, true) => TensorDType.I16,
            (4, true) => TensorDType.I32,
            (8, true) => TensorDType.I64,
            (1, false) => TensorDType.U8,
            (2, false) => TensorDType.U16,
            (4, false) => TensorDType.U32,
            (8, false) => TensorDType.U64,
            _ => null,
        };
    }

    private static TensorDType? Float(int size, int bits, ref Hdf5Cursor cursor)
    {
        var (offset, precision) = (cursor.UInt16(), cursor.UInt16());
        var (exponentAt, exponent, mantissaAt, mantissa, bias) = (cursor.Byte(), cursor.Byte(), cursor.Byte(), cursor.Byte(),
            cursor.UInt32());
        if ((bits & 0x41) != 0 || ((bits >> 4) & 3) != 2 || (bits >> 8) != precision - 1 || offset != 0 || precision != 8 * size
            || mantissaAt != 0 || exponentAt != mantissa) return null;
        return (size, exponent, mantissa, bias) switch
        {
            (2, 5, 10, 15) => TensorDType.F16,
            (2, 8, 7, 127) => TensorDType.BF16,
            (4, 8, 23, 127) => TensorDType.F32,
            (8, 11, 52, 1023) => TensorDType.F64,
            _ => null,
        };
    }
}
