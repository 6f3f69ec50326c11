namespace CaptionTL.Weights.PyTorch;

/// <summary>Gathers a strided view into row-major order.</summary>
internal static unsafe class StridedCopy
{
    /// <summary>The elements of storage that the view reaches: 1 + Σ (size − 1)·stride beyond the offset; null where that overflows, 0 for an empty view.</summary>
    public static long? Reach(long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var reach = (Int128)offset + 1;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0) return 0;
            reach += (Int128)(shape[i] - 1) * strides[i];
            if (reach > long.MaxValue) return null;
        }
        return (long)reach;
    }

    public static bool IsContiguous(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var expected = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected) return false;
            expected *= shape[i];
        }
        return true;
    }

    /// <param name="source">Address of the view's first element.</param>
    /// <param name="shape">Sizes; their product times <paramref name="width"/> is destination's length.</param>
    /// <param name="strides">Steps, in elements.</param>
    /// <param name="width">Bytes of an element: 1, 2, 4 or 8.</param>
    /// <param name="destination">Row-major.</param>
    public static void Copy(byte* source, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int width, Span<byte> destination)
    {
        if (destination.IsEmpty) return;
        if (IsContiguous(shape, strides))
        {
            new ReadOnlySpan<byte>(source, destination.Length).CopyTo(destination);
            return;
        }
        var (inner, step) = (shape[^1], strides[^1] * width);
        var index = new long[shape.Length - 1];
        fixed (byte* start = destination)
        {
            for (var to = start; to < start + destination.Length; to += inner * width)
            {
                CopyRow(source, step, to, inner, width);
                for (var d = index.Length - 1; d >= 0; d--)
                {
                    source += strides[d] * width;
                    if (++index[d] < shape[d]) break;
                    source -= strides[d] * shape[d] * width;
                    index[d] = 0;
                }
            }
        }
    }

    private static void CopyRow(byte* from, long step, byte* to, long count, int width)
    {
        switch (width)
        {
            case 1: for (var i = 0L; i < count; i++, from += step) to[i] = *from; break;
            case 2: for (var i = 0L; i < count; i++, from += step) ((ushort*)to)[i] = *(ushort*)from; break;
            case 4: for (var i = 0L; i < count; i++, from += step) ((uint*)to)[i] = *(uint*)from; break;
            default: for (var i = 0L; i < count; i++, from += step) ((ulong*)to)[i] = *(ulong*)from; break;
        }
    }
}
