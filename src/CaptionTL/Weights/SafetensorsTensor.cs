using System.Runtime.InteropServices;

namespace CaptionTL.Weights;

/// <summary>A tensor on its way into a safetensors file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
/// <param name="Write">Writes exactly shape × element size bytes, little-endian; called once.</param>
public sealed record SafetensorsTensor(string Name, TensorDType DType, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>A tensor whose bytes are at hand.</summary>
    public static SafetensorsTensor FromBytes(string name, TensorDType dtype, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes) =>
        new(name, dtype, shape, stream => stream.Write(bytes.Span));

    /// <summary>A tensor of F32.</summary>
    public static SafetensorsTensor FromFloats(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values) =>
        new(name, TensorDType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));

    /// <summary>Bytes of the tensor.</summary>
    /// <exception cref="OverflowException">More than 2^63.</exception>
    public long Length
    {
        get
        {
            var length = (long)DType.Size();
            foreach (var n in Shape) length = checked(length * n);
            return length;
        }
    }
}
