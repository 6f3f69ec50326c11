using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // What a tensor is. Read anew at every use (some nanoseconds): in-place operators may change all of it.
    public partial class Tensor
    {
        internal unsafe TensorInfo Info
        {
            get
            {
                TensorInfo info;
                Native.Check(NativeMethods.ct_tensor_info(Handle, &info));
                return info;
            }
        }

        public long Dimensions => Info.Dimensions;
        public long dim() => Info.Dimensions;
        public long ndim => Info.Dimensions;

        public long NumberOfElements => Info.Elements;
        public long numel() => Info.Elements;

        /// <summary>Bytes an element.</summary>
        public long ElementSize => Info.ElementSize;
        public long element_size() => Info.ElementSize;

        public long[] shape => size();

        public unsafe long[] size()
        {
            var info = Info;
            var sizes = new ReadOnlySpan<long>(info.Sizes, (int)info.Dimensions).ToArray();
            GC.KeepAlive(this);
            return sizes;
        }

        /// <summary>One size; a negative dimension counts from the end.</summary>
        public unsafe long size(int dim)
        {
            var info = Info;
            var size = info.Sizes[Wrap(dim, info.Dimensions)];
            GC.KeepAlive(this);
            return size;
        }

        /// <summary>Elements from one position to the next in each dimension.</summary>
        public unsafe long[] stride()
        {
            var info = Info;
            if (info.Strides is null) throw new InvalidOperationException("a sparse tensor has no strides");
            var strides = new ReadOnlySpan<long>(info.Strides, (int)info.Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => stride()[Wrap(dim, ndim)];

        public long storage_offset() => Info.Offset;

        public ScalarType dtype => (ScalarType)Info.Dtype;

        public DeviceType device_type => (DeviceType)Info.Device;

        public int device_index => Info.DeviceIndex;

        public Device device
        {
            get
            {
                var info = Info;
                return info.Device == (int)DeviceType.CPU ? CPU : new Device((DeviceType)info.Device, info.DeviceIndex);
            }
        }

        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_sparse => Info.Layout == 1;
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_complex() => torch.is_complex(dtype);
        public bool is_quantized() => torch.is_quantized(dtype);
        public bool is_contiguous() => Has(TensorFlags.IsContiguous);
        public bool is_leaf => Has(TensorFlags.IsLeaf);
        public bool is_conj() => Has(TensorFlags.IsConj);
        public bool is_neg() => Has(TensorFlags.IsNeg);

        /// <summary>Whether the elements lie in the given order; always false for channels_last unless 4-D.</summary>
        internal bool is_contiguous(memory_format format) => Has(format == memory_format.channels_last ? TensorFlags.IsChannelsLast : TensorFlags.IsContiguous);

        /// <summary>Made in inference mode: it never takes part in autograd.</summary>
        internal bool is_inference => Has(TensorFlags.IsInference);

        private bool Has(TensorFlags flag) => (Info.Flags & flag) != 0;

        private static int Wrap(long dim, long dimensions) =>
            dim >= -dimensions && dim < dimensions
                ? (int)(dim < 0 ? dim + dimensions : dim)
                : throw new ArgumentOutOfRangeException(nameof(dim), $"Dimension out of range (expected to be in range of [{-dimensions}, {dimensions - 1}], but got {dim})");
    }
}
