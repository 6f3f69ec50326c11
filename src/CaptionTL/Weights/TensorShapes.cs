using System.Text;

namespace CaptionTL.Weights;

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
