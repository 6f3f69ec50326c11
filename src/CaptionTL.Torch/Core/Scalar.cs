using System.Numerics;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number of any element type; made implicitly from .NET's numbers.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double real;
    private readonly double imaginary;
    private readonly long whole;

    private Scalar(ScalarType type, double real, double imaginary = 0) => (Type, this.real, this.imaginary, whole) = (type, real, imaginary, 0);

    private Scalar(ScalarType type, long whole) => (Type, this.whole) = (type, whole);

    /// <summary>The type of the number that it was made from.</summary>
    public ScalarType Type { get; }

    public static implicit operator Scalar(byte value) => new(ScalarType.Byte, value);
    public static implicit operator Scalar(sbyte value) => new(ScalarType.Int8, value);
    public static implicit operator Scalar(short value) => new(ScalarType.Int16, value);
    public static implicit operator Scalar(int value) => new(ScalarType.Int32, value);
    public static implicit operator Scalar(long value) => new(ScalarType.Int64, value);
    public static implicit operator Scalar(Half value) => new(ScalarType.Float16, (double)value);
    public static implicit operator Scalar(BFloat16 value) => new(ScalarType.BFloat16, value.ToSingle());
    public static implicit operator Scalar(float value) => new(ScalarType.Float32, value);
    public static implicit operator Scalar(double value) => new(ScalarType.Float64, value);
    public static implicit operator Scalar(bool value) => new(ScalarType.Bool, value ? 1L : 0L);
    public static implicit operator Scalar((float, float) value) => new(ScalarType.ComplexFloat32, value.Item1, value.Item2);
    public static implicit operator Scalar(Complex value) => new(ScalarType.ComplexFloat64, value.Real, value.Imaginary);

    /// <summary>Nothing to release here; the method is part of TorchSharp's interface.</summary>
    public void Dispose()
    {
    }

    internal Value AsValue() => Type == ScalarType.Bool ? whole != 0 : is_integral(Type) ? whole : is_complex(Type) ? Value.Complex(real, imaginary) : real;

    internal double AsDouble() => is_integral(Type) ? whole : real;

    internal long AsLong() => is_integral(Type) ? whole : (long)real;

    internal Complex AsComplex() => is_integral(Type) ? whole : new Complex(real, imaginary);
}
