using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>Same numbers as <c>enum Kind</c> in native/operators.cpp.</summary>
internal enum ValueKind
{
    None, Int, Double, Bool, Tensor, IntList, DoubleList, BoolList, TensorList, String, Device, Generator, Complex, Missing,
}

/// <summary>A value as it crosses to libtorch and back.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public ValueKind Kind;
    public int Length;
    public long Bits;
}

/// <summary>
/// One argument of an operator. Everything an argument can be converts implicitly, nulls included, so that a call reads
/// like libtorch's schema: <c>conv2d.Call(x, weight, bias, stride, padding, dilation, groups)</c>.
/// Integers serve where the schema says float, and one number where it says int[2].
/// </summary>
internal readonly struct Value
{
    internal readonly object? Reference;
    internal readonly long Bits;
    internal readonly ValueKind Kind;
    internal readonly int Length;

    private Value(ValueKind kind, long bits, object? reference = null, int length = 0) => (Kind, Bits, Reference, Length) = (kind, bits, reference, length);

    /// <summary>The schema's default stands here.</summary>
    public static readonly Value Default = new(ValueKind.Missing, 0);

    /// <summary>Python's None.</summary>
    public static readonly Value None;

    public static implicit operator Value(long value) => new(ValueKind.Int, value);
    public static implicit operator Value(int value) => new(ValueKind.Int, value);
    public static implicit operator Value(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Value(bool value) => new(ValueKind.Bool, value ? 1 : 0);
    public static implicit operator Value(long? value) => value is { } v ? v : None;
    public static implicit operator Value(int? value) => value is { } v ? v : None;
    public static implicit operator Value(double? value) => value is { } v ? v : None;
    public static implicit operator Value(bool? value) => value is { } v ? v : None;
    public static implicit operator Value(torch.Tensor? value) => value is null ? None : new(ValueKind.Tensor, value.Handle, value);
    public static implicit operator Value(torch.Tensor?[]? value) => value is null ? None : new(ValueKind.TensorList, 0, value, value.Length);
    public static implicit operator Value(long[]? value) => value is null ? None : new(ValueKind.IntList, 0, value, value.Length);
    public static implicit operator Value(ReadOnlySpan<long> value) => value.ToArray();
    public static implicit operator Value(double[]? value) => value is null ? None : new(ValueKind.DoubleList, 0, value, value.Length);
    public static implicit operator Value(bool[]? value) => value is null ? None : new(ValueKind.BoolList, 0, value, value.Length);
    public static implicit operator Value(string? value) => value is null ? None : new(ValueKind.String, 0, value);
    public static implicit operator Value(torch.ScalarType value) => new(ValueKind.Int, (long)value);
    public static implicit operator Value(torch.ScalarType? value) => value is { } v ? v : None;
    public static implicit operator Value(torch.Device? value) => value is null ? None : new(ValueKind.Device, (long)value.type, null, value.index);
    public static implicit operator Value(torch.Generator? value) => value is null ? None : new(ValueKind.Generator, value.Handle, value);
    public static implicit operator Value(Scalar? value) => value is null ? None : value.AsValue();

    public static Value Tensors(IEnumerable<torch.Tensor> tensors) => tensors as torch.Tensor[] ?? tensors.ToArray();
    public static Value Complex(double real, double imaginary) => new(ValueKind.Complex, 0, new[] { real, imaginary });

    /// <summary>libtorch's c10::MemoryFormat: 0 contiguous, 1 preserve, 2 channels last, 3 channels last 3d.</summary>
    public static Value Format(memory_format format) => format switch
    {
        memory_format.contiguous_format => 0L,
        memory_format.channels_last => 2L,
        _ => 1L,
    };
}
