using System.Text;

namespace CaptionTL.Weights;

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
