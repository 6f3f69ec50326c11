using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Utils;

/// <summary>
/// The elements of a tensor on the CPU as .NET values, in row-major order whatever the tensor's strides are.
/// Reads and writes go to the tensor's own memory; the accessor keeps the tensor object alive, not undisposed.
/// </summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly T* data;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (!tensor.is_cpu()) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        this.tensor = tensor;
        data = (T*)tensor.DataPointer;
        (shape, strides, contiguous) = (tensor.shape, tensor.stride(), tensor.is_contiguous());
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    /// <summary>One index counts through all elements; otherwise one index a dimension.</summary>
    public T this[params long[] indices]
    {
        get => *At(indices);
        set => *At(indices) = value;
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    /// <summary>An array of the tensor's rank (rank 1 for a scalar).</summary>
    public Array ToNDArray()
    {
        if (shape.Length < 2) return ToArray();
        var result = Array.CreateInstance(typeof(T), shape);
        ref var first = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(result));
        CopyTo(MemoryMarshal.CreateSpan(ref first, checked((int)Count)));
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies elements from tensorIndex on, as many as there are and as fit.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var to = array[arrayIndex..];
        var count = (int)Math.Min(to.Length, Count - tensorIndex);
        if (contiguous) new ReadOnlySpan<T>(data + tensorIndex, count).CopyTo(to);
        else for (var k = 0; k < count; k++) to[k] = data[Offset(tensorIndex + k)];
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var from = array[arrayIndex..];
        var count = (int)Math.Min(from.Length, Count - tensorIndex);
        if (contiguous) from[..count].CopyTo(new Span<T>(data + tensorIndex, count));
        else for (var k = 0; k < count; k++) data[Offset(tensorIndex + k)] = from[k];
        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var k = 0L; k < Count; k++) yield return this[k];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static bool operator ==(TensorAccessor<T>? left, TensorAccessor<T>? right) => left is null ? right is null : left.Equals(right);
    public static bool operator !=(TensorAccessor<T>? left, TensorAccessor<T>? right) => !(left == right);

    /// <summary>Same number of elements with the same values.</summary>
    public override bool Equals(object? obj) => obj is TensorAccessor<T> other && (ReferenceEquals(this, other) || (Count == other.Count && this.SequenceEqual(other)));

    public override int GetHashCode() => HashCode.Combine((nint)data, Count);

    /// <summary>The tensor stays; it belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    private T* At(long[] indices)
    {
        if (tensor.IsInvalid) throw new ObjectDisposedException(nameof(torch.Tensor), "the tensor behind this accessor was disposed");
        if (indices.Length == 1)
        {
            if ((ulong)indices[0] >= (ulong)Count) throw new IndexOutOfRangeException($"element {indices[0]} of {Count}");
            return data + Offset(indices[0]);
        }
        if (indices.Length != shape.Length) throw new ArgumentException($"{indices.Length} indices for {shape.Length} dimensions");
        var offset = 0L;
        for (var d = 0; d < shape.Length; d++)
        {
            if ((ulong)indices[d] >= (ulong)shape[d]) throw new IndexOutOfRangeException($"index {indices[d]} of dimension {d}, which has size {shape[d]}");
            offset += indices[d] * strides[d];
        }
        return data + offset;
    }

    private long Offset(long index)
    {
        if (contiguous) return index;
        var offset = 0L;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            offset += index % shape[d] * strides[d];
            index /= shape[d];
        }
        return offset;
    }
}
