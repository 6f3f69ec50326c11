using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static void _assert(bool condition, string message) => _assert(() => condition, message);

    /// <exception cref="ExternalException">The condition does not hold.</exception>
    public static void _assert(Func<bool> condition, string message)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (!condition()) throw new ExternalException(message);
    }

    /// <summary>The numerical properties of a floating-point type.</summary>
    public struct FInfo
    {
        public int bits;
        public double eps;
        public double max;
        public double min;
        public double tiny;
        public double smallest_normal;
        public double resolution;
    }

    public static FInfo finfo() => finfo(default_dtype);

    /// <exception cref="ArgumentException">Not a floating-point type.</exception>
    public static FInfo finfo(ScalarType dtype)
    {
        var (bits, mantissa, maximum, resolution) = dtype switch
        {
            ScalarType.Float16 => (16, 10, 65504.0, 1e-3),
            ScalarType.BFloat16 => (16, 7, (double)BFloat16.MaxValue, 1e-2),
            ScalarType.Float32 or ScalarType.ComplexFloat32 => (32, 23, float.MaxValue, 1e-6),
            ScalarType.Float64 or ScalarType.ComplexFloat64 => (64, 52, double.MaxValue, 1e-15),
            _ => throw new ArgumentException($"{dtype} is not a floating-point type", nameof(dtype)),
        };
        var smallest = Math.Pow(2, bits == 64 ? -1022 : dtype == ScalarType.Float16 ? -14 : -126);
        return new FInfo { bits = bits, eps = Math.Pow(2, -mantissa), max = maximum, min = -maximum, tiny = smallest, smallest_normal = smallest, resolution = resolution };
    }

    /// <exception cref="ArgumentException">Not an integer type.</exception>
    public static long max_int_value(ScalarType type) => type switch
    {
        ScalarType.Byte => byte.MaxValue,
        ScalarType.Int8 => sbyte.MaxValue,
        ScalarType.Int16 => short.MaxValue,
        ScalarType.Int32 => int.MaxValue,
        ScalarType.Int64 => long.MaxValue,
        _ => throw new ArgumentException("Not an integral type", nameof(type)),
    };
}
