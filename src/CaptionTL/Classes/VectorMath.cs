using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace CaptionTL.Classes;

/// <summary>The inner loops of training: float features, sums in double (the product of two floats is exact in double).</summary>
internal static class VectorMath
{
    /// <summary>Σ a·b.</summary>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<float, Vector<float>>(b);
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        for (var i = 0; i < x.Length && i < y.Length; i++)
        {
            Vector.Widen(x[i], out var x0, out var x1);
            Vector.Widen(y[i], out var y0, out var y1);
            (low, high) = (Vector.FusedMultiplyAdd(x0, y0, low), Vector.FusedMultiplyAdd(x1, y1, high));
        }
        var sum = Vector.Sum(low + high);
        for (var i = x.Length * Vector<float>.Count; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>Σ a·b.</summary>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<double> b)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<double, Vector<double>>(b[..a.Length]);
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        for (var i = 0; i < x.Length; i++)
        {
            Vector.Widen(x[i], out var x0, out var x1);
            (low, high) = (Vector.FusedMultiplyAdd(x0, y[2 * i], low), Vector.FusedMultiplyAdd(x1, y[2 * i + 1], high));
        }
        var sum = Vector.Sum(low + high);
        for (var i = x.Length * Vector<float>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>
    /// Σ a·b for four rows at once: <paramref name="a"/> is read and widened once. The same sums as
    /// <see cref="Dot(ReadOnlySpan{float}, ReadOnlySpan{float})"/>.
    /// </summary>
    /// <param name="a">n numbers.</param>
    /// <param name="rows">4 × n numbers.</param>
    public static (double, double, double, double) Dot4(ReadOnlySpan<float> a, ReadOnlySpan<float> rows)
    {
        var n = a.Length;
        ref var start = ref MemoryMarshal.GetReference(rows[..(4 * n)]);
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var (a0, a1, b0, b1, c0, c1, d0, d1) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero,
            Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        for (var i = 0; i < x.Length; i++)
        {
            Vector.Widen(x[i], out var x0, out var x1);
            var at = i * Vector<float>.Count;
            Add(x0, x1, ref start, at, ref a0, ref a1);
            Add(x0, x1, ref start, at + n, ref b0, ref b1);
            Add(x0, x1, ref start, at + 2 * n, ref c0, ref c1);
            Add(x0, x1, ref start, at + 3 * n, ref d0, ref d1);
        }
        var (p, q, r, s) = (Vector.Sum(a0 + a1), Vector.Sum(b0 + b1), Vector.Sum(c0 + c1), Vector.Sum(d0 + d1));
        for (var i = x.Length * Vector<float>.Count; i < n; i++)
            (p, q, r, s) = (p + (double)a[i] * rows[i], q + (double)a[i] * rows[n + i], r + (double)a[i] * rows[2 * n + i],
                s + (double)a[i] * rows[3 * n + i]);
        return (p, q, r, s);
    }

    /// <summary>to += factor · a.</summary>
    public static void AddScaled(double factor, ReadOnlySpan<float> a, Span<double> to)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<double, Vector<double>>(to[..a.Length]);
        var f = new Vector<double>(factor);
        for (var i = 0; i < x.Length; i++)
        {
            Vector.Widen(x[i], out var x0, out var x1);
            (y[2 * i], y[2 * i + 1]) = (Vector.FusedMultiplyAdd(f, x0, y[2 * i]), Vector.FusedMultiplyAdd(f, x1, y[2 * i + 1]));
        }
        for (var i = x.Length * Vector<float>.Count; i < a.Length; i++) to[i] += factor * a[i];
    }

    /// <summary>to += factor · a.</summary>
    public static void AddScaled(double factor, ReadOnlySpan<double> a, Span<double> to)
    {
        for (var i = 0; i < a.Length; i++) to[i] += factor * a[i];
    }

    /// <summary>Σ a·b.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var x = MemoryMarshal.Cast<double, Vector<double>>(a);
        var y = MemoryMarshal.Cast<double, Vector<double>>(b[..a.Length]);
        var total = Vector<double>.Zero;
        for (var i = 0; i < x.Length; i++) total = Vector.FusedMultiplyAdd(x[i], y[i], total);
        var sum = Vector.Sum(total);
        for (var i = x.Length * Vector<double>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector<double> x0, Vector<double> x1, ref float start, int at, ref Vector<double> low, ref Vector<double> high)
    {
        Vector.Widen(Vector.LoadUnsafe(ref start, (nuint)at), out var y0, out var y1);
        (low, high) = (Vector.FusedMultiplyAdd(x0, y0, low), Vector.FusedMultiplyAdd(x1, y1, high));
    }
}

internal static class ParallelWork
{
    /// <summary>
    /// Independent pieces of work on the current task scheduler, so that the caller can limit the threads. The first failure is
    /// rethrown unchanged.
    /// </summary>
    public static void For(int count, Action<int> piece, CancellationToken token = default)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = token, TaskScheduler = null }, piece);
        }
        catch (AggregateException e)
        {
            token.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
