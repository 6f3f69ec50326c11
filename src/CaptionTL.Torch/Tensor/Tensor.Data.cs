using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    // The elements themselves.
    public partial class Tensor
    {
        private static readonly Op op_item = new("_local_scalar_dense"), op_is_nonzero = new("is_nonzero");

        internal unsafe nint DataPointer
        {
            get
            {
                nint data;
                Native.Check(NativeMethods.ct_tensor_data(Handle, &data));
                return data;
            }
        }

        /// <summary>Typed access; where the tensor is not on the CPU, to a copy of it.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the .NET type of the tensor's dtype.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            RequireType(typeof(T));
            return new TensorAccessor<T>(is_cpu() ? this : cpu());
        }

        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            RequireType(typeof(T));
            return ReadCpuValue<T>(0);
        }

        /// <summary>The value of a tensor of one element.</summary>
        public Scalar ToScalar()
        {
            if (NumberOfElements != 1) throw new System.Runtime.InteropServices.ExternalException($"a Tensor with {NumberOfElements} elements cannot be converted to Scalar");
            var value = op_item.CallNumber([this]);
            return value.Kind switch
            {
                ValueKind.Bool => value.Bits != 0,
                ValueKind.Int => value.Bits,
                ValueKind.Complex => TakeComplex(value.Bits),
                _ => BitConverter.Int64BitsToDouble(value.Bits),
            };
        }

        public bool is_nonzero() => op_is_nonzero.CallBool(this);

        /// <summary>The memory of a contiguous tensor on the CPU, valid while the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var size = RequireBytes();
                return new Span<byte>((void*)DataPointer, checked((int)size));
            }
            set
            {
                var size = RequireBytes();
                if (size != value.Length) throw new ArgumentException($"Mismatched data sizes in SetBytes(): the tensor has {size} bytes, {value.Length} were given.");
                value.CopyTo(bytes);
            }
        }

        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            using var memory = new UnmanagedMemoryStream((byte*)DataPointer, RequireBytes());
            memory.CopyTo(stream, Math.Max(bufferSize, 1 << 16));
            GC.KeepAlive(this);
        }

        /// <exception cref="EndOfStreamException">The stream ended before the tensor was full.</exception>
        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var size = RequireBytes();
            var data = (byte*)DataPointer;
            for (var done = 0L; done < size;)
            {
                var part = new Span<byte>(data + done, (int)Math.Min(size - done, 1 << 20));
                stream.ReadExactly(part);
                done += part.Length;
            }
            GC.KeepAlive(this);
        }

        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);
        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);
        public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);
        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);
        public byte ReadCpuByte(long i) => ReadCpuValue<byte>(i);
        public sbyte ReadCpuSByte(long i) => ReadCpuValue<sbyte>(i);
        public short ReadCpuInt16(long i) => ReadCpuValue<short>(i);
        public bool ReadCpuBool(long i) => ReadCpuValue<bool>(i);
        public float ReadCpuFloat16(long i) => (float)ReadCpuValue<Half>(i);
        public float ReadCpuBFloat16(long i) => ReadCpuValue<BFloat16>(i).ToSingle();

        /// <summary>Element i, counted row by row.</summary>
        public T ReadCpuValue<T>(long i) where T : unmanaged
        {
            using var copy = is_cpu() ? null : cpu();
            return new TensorAccessor<T>(copy ?? this)[i];
        }

        private void RequireType(Type type)
        {
            if (ScalarTypeOf(type) != dtype) throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }

        private long RequireBytes()
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (!is_cpu()) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            return NumberOfElements * ElementSize;
        }

        private static unsafe Scalar TakeComplex(long pointer)
        {
            var parts = (double*)pointer;
            var value = new System.Numerics.Complex(parts[0], parts[1]);
            NativeMethods.ct_free((nint)pointer);
            return value;
        }
    }
}
