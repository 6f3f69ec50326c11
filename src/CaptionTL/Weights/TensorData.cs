using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace CaptionTL.Weights;

/// <summary>Stored numbers to and from float32.</summary>
public static class TensorData
{
    /// <summary>
    /// Converts stored elements; exact for F32, F16, BF16 and small integers, rounded to nearest otherwise, BOOL as 0 and 1.
    /// </summary>
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
        if (bytes != (long)count * dtype.Size())
            throw new ArgumentException($"{count} elements of {dtype.Name()} take {(long)count * dtype.Size()} bytes, got {bytes}");
    }
}

/// <summary>Element types of stored tensors, by the names safetensors gives them.</summary>
public enum TensorDType { F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, Bool }

/// <summary>Sizes and names of <see cref="TensorDType"/>.</summary>
public static class TensorDTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this TensorDType dtype) => dtype switch
    {
        TensorDType.F64 or TensorDType.I64 or TensorDType.U64 => 8,
        TensorDType.F32 or TensorDType.I32 or TensorDType.U32 => 4,
        TensorDType.F16 or TensorDType.BF16 or TensorDType.I16 or TensorDType.U16 => 2,
        TensorDType.I8 or TensorDType.U8 or TensorDType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
    };

    /// <summary>The name in a safetensors header.</summary>
    public static string Name(this TensorDType dtype) => dtype == TensorDType.Bool ? "BOOL" : dtype.ToString();

    /// <summary>The type of a name in a safetensors header, or null; exact case.</summary>
    public static TensorDType? Parse(string name) => name switch
    {
        "F64" => TensorDType.F64,
        "F32" => TensorDType.F32,
        "F16" => TensorDType.F16,
        "BF16" => TensorDType.BF16,
        "I64" => TensorDType.I64,
        "I32" => TensorDType.I32,
        "I16" => TensorDType.I16,
        "I8" => TensorDType.I8,
        "U64" => TensorDType.U64,
        "U32" => TensorDType.U32,
        "U16" => TensorDType.U16,
        "U8" => TensorDType.U8,
        "BOOL" => TensorDType.Bool,
        _ => null,
    };
}

/// <summary>Sizes of tensors whose shapes come from a file.</summary>
internal static class TensorShapes
{
    /// <summary>More dimensions than any network has.</summary>
    public const int MaxDimensions = 64;

    /// <summary>Bytes of a tensor; null where sizes are negative or multiply to more than 2^63.</summary>
    public static long? ByteLength(TensorDType dtype, ReadOnlySpan<long> shape)
    {
        // Without the zeros: [2^62, 2^62, 0] overflows in any reader that multiplies from the left.
        var (length, empty) = ((Int128)dtype.Size(), false);
        foreach (var n in shape)
        {
            if (n < 0) return null;
            empty |= n == 0;
            length *= n == 0 ? 1 : n;
            if (length > long.MaxValue) return null;
        }
        return empty ? 0 : (long)length;
    }

    /// <summary>For messages: <c>[64, 3, 7, 7]</c>.</summary>
    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>Names come from the file: shortened and without control characters before they reach a terminal.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.Length > 100 ? text[..100] + "…" : text) shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        return shown.ToString();
    }
}

/// <summary>Fills a tensor's bytes.</summary>
internal delegate void TensorReader(Span<byte> destination);

/// <summary>Tensors of another file under other names, shapes or layouts. Disposing it leaves that file open.</summary>
internal sealed class TensorView(ITensorFile inner) : ITensorFile
{
    private readonly Dictionary<string, TensorEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorReader> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(inner.Metadata, StringComparer.Ordinal);

    public string Path => inner.Path;

    public string Format => inner.Format;

    public IReadOnlyDictionary<string, TensorEntry> Tensors => _entries;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public void Note(string key, string value) => _metadata[key] = value;

    /// <exception cref="WeightFileException">Two tensors come out under one name.</exception>
    public void Add(TensorEntry entry, TensorReader reader)
    {
        if (!_entries.TryAdd(entry.Name, entry))
            throw new WeightFileException(Path, $"tensor '{TensorShapes.Shown(entry.Name)}'", "two tensors of the file stand for it");
        _readers.Add(entry.Name, reader);
    }

    /// <summary>A tensor as it is, under another name and, of the same number of elements, shape.</summary>
    public void AddRenamed(string name, string from, long[]? shape = null)
    {
        var entry = inner.Tensors[from];
        Add(entry with { Name = name, Shape = shape ?? entry.Shape }, destination => inner.Read(from, destination));
    }

    public void Read(string name, Span<byte> destination)
    {
        if (!_readers.TryGetValue(name, out var reader))
            throw new WeightFileException(Path, $"tensor '{TensorShapes.Shown(name)}'", "is not in the file");
        if (destination.Length != _entries[name].Length)
            throw new ArgumentException($"'{name}' takes {_entries[name].Length} bytes, not {destination.Length}", nameof(destination));
        reader(destination);
    }

    public void Dispose()
    {
        // The file belongs to whoever opened it.
    }
}
