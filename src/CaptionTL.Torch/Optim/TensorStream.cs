using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Tensors in a binary stream, in TorchSharp's layout: element type, number of dimensions and sizes as 7-bit encoded
/// integers, then the elements in row-major order.
/// </summary>
internal static class TensorStream
{
    private const int MaxDimensions = 64;

    public static void Write(BinaryWriter writer, Tensor tensor)
    {
        using var gradientsOff = no_grad();
        using var detached = tensor.detach();
        using var local = detached.cpu();
        using var rows = local.contiguous();
        writer.Write7BitEncodedInt64((long)rows.dtype);
        writer.Write7BitEncodedInt64(rows.dim());
        foreach (var size in rows.shape) writer.Write7BitEncodedInt64(size);
        writer.Write(rows.bytes);
    }

    /// <exception cref="InvalidDataException">The stream does not hold a tensor here.</exception>
    public static Tensor Read(BinaryReader reader, Device device)
    {
        var dtype = (ScalarType)reader.Read7BitEncodedInt64();
        var dimensions = reader.Read7BitEncodedInt64();
        if (!Enum.IsDefined(dtype) || dimensions is < 0 or > MaxDimensions) throw new InvalidDataException("The stream does not hold a tensor where one is expected.");
        var shape = new long[dimensions];
        for (var i = 0; i < shape.Length; i++) shape[i] = reader.Read7BitEncodedInt64();
        using var gradientsOff = no_grad();
        using var local = empty(shape, dtype: dtype);
        reader.BaseStream.ReadExactly(local.bytes);
        return local.to(device, copy: true);
    }
}
