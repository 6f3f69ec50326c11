namespace CaptionTL.Weights.Hdf5;

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
            8 => new Hdf5Type((int)size, Read(ref cursor) is { DType: TensorDType.I8, Size: 1 } && size == 1 ? TensorDType.Bool : null), // h5py's bool
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
        var (exponentAt, exponent, mantissaAt, mantissa, bias) = (cursor.Byte(), cursor.Byte(), cursor.Byte(), cursor.Byte(), cursor.UInt32());
        if ((bits & 0x41) != 0 || ((bits >> 4) & 3) != 2 || (bits >> 8) != precision - 1 || offset != 0 || precision != 8 * size || mantissaAt != 0 || exponentAt != mantissa) return null;
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
