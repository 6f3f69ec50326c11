using System.Numerics;
using System.Runtime.InteropServices;

namespace CaptionTL.Weights;

/// <summary>Stored numbers to and from float32.</summary>
public static class TensorData
{
    /// <summary>Converts stored elements; exact for F32, F16, BF16 and small integers, rounded to nearest otherwise, BOOL as 0 and 1.</summary>
    /// <param name="dtype">Type of the stored elements, little-endian.</param>
    /// <param name="bytes">destination.Length × element size bytes; need not be aligned.</param>
    /// <param name="destination">One number an element.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void ToFloat32(TensorDType dtype, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        RequireLength(dtype, bytes.Length, destination.Length);
        switch (dtype)
        {
            case TensorDType.F32: bytes.CopyTo(MemoryMarshal.AsBytes(destination)); break;
            case TensorDType.F16: HalfToFloat(As<ushort>(bytes), destination); break;
            case TensorDType.BF16: BFloatToFloat(As<ushort>(bytes), destination); break;
            case TensorDType.F64: Convert<double>(bytes, destination); break;
            case TensorDType.I64: Convert<long>(bytes, destination); break;
            case TensorDType.I32: Convert<int>(bytes, destination); break;
            case TensorDType.I16: Convert<short>(bytes, destination); break;
            case TensorDType.I8: Convert<sbyte>(bytes, destination); break;
            case TensorDType.U64: Convert<ulong>(bytes, destination); break;
            case TensorDType.U32: Convert<uint>(bytes, destination); break;
            case TensorDType.U16: Convert<ushort>(bytes, destination); break;
            case TensorDType.U8: Convert<byte>(bytes, destination); break;
            case TensorDType.Bool:
                for (var i = 0; i < destination.Length; i++) destination[i] = bytes[i] != 0 ? 1 : 0;
                break;
            default: throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null);
        }
    }

    /// <summary>Stores numbers as F32, F16 or BF16, rounded to nearest, ties to even.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit, or another type.</exception>
    public static void FromFloat32(TensorDType dtype, ReadOnlySpan<float> source, Span<byte> bytes)
    {
        RequireLength(dtype, bytes.Length, source.Length);
        switch (dtype)
        {
            case TensorDType.F32:
                MemoryMarshal.AsBytes(source).CopyTo(bytes);
                break;
            case TensorDType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var i = 0; i < source.Length; i++) halves[i] = (Half)source[i];
                break;
            case TensorDType.BF16:
                var words = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < source.Length; i++) words[i] = ToBFloat(source[i]);
                break;
            default:
                throw new ArgumentException($"numbers are stored as F32, F16 or BF16, not as {dtype.Name()}", nameof(dtype));
        }
    }

    private static void HalfToFloat(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        // Exponent and mantissa move into a float's place, which is then off by 2^112; subnormals come out right too.
        var scale = new Vector<float>(5.192296858534828e33f); // 2^112
        var infinite = new Vector<uint>(0x7C00u << 13);
        var i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out var low, out var high);
            Expand(low, scale, infinite).CopyTo(destination[i..]);
            Expand(high, scale, infinite).CopyTo(destination[(i + Vector<uint>.Count)..]);
        }
        for (; i < source.Length; i++) destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    private static Vector<float> Expand(Vector<uint> half, Vector<float> scale, Vector<uint> infinite)
    {
        var magnitude = Vector.ShiftLeft(half & new Vector<uint>(0x7FFF), 13);
        var value = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * scale);
        var special = Vector.GreaterThanOrEqual(magnitude, infinite); // infinities and NaNs keep their mantissa
        value = Vector.ConditionalSelect(special, magnitude | new Vector<uint>(0x7F800000), value);
        return Vector.AsVectorSingle(value | Vector.ShiftLeft(half & new Vector<uint>(0x8000), 16));
    }

    private static void BFloatToFloat(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var bits = MemoryMarshal.Cast<float, uint>(destination);
        var i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out var low, out var high);
            Vector.ShiftLeft(low, 16).CopyTo(bits[i..]);
            Vector.ShiftLeft(high, 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }
        for (; i < source.Length; i++) bits[i] = (uint)source[i] << 16;
    }

    private static ushort ToBFloat(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void Convert<T>(ReadOnlySpan<byte> bytes, Span<float> destination)
        where T : unmanaged, INumberBase<T>
    {
        var source = As<T>(bytes);
        for (var i = 0; i < destination.Length; i++) destination[i] = float.CreateTruncating(source[i]);
    }

    private static ReadOnlySpan<T> As<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    private static void RequireLength(TensorDType dtype, int bytes, int count)
    {
        if (bytes != (long)count * dtype.Size()) throw new ArgumentException($"{count} elements of {dtype.Name()} take {(long)count * dtype.Size()} bytes, got {bytes}");
    }
}
