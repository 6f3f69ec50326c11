using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Copies, element types, devices, memory order. As in libtorch, nothing is copied where the tensor already is as asked:
    // the result is then another object for the same memory.
    public partial class Tensor
    {
        private static readonly Op op_clone = new("clone"), op_to_dtype = new("to", "dtype"), op_to_device = new("to", "device"), op_contiguous = new("contiguous"),
            op_copy_ = new("copy_"), op_alias = new("alias"), op_set_ = new("set_", "source_Tensor"), op_pin = new("pin_memory"), op_is_pinned = new("is_pinned");

        public Tensor clone() => op_clone.Call(this);

        internal Tensor clone(memory_format format) => op_clone.Call(this, Value.Format(format));

        public Tensor alias() => op_alias.Call(this);

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            op_copy_.Run(this, source, nonBlocking);
            return this;
        }

        /// <summary>Makes this tensor share another's memory and shape.</summary>
        public Tensor set_(Tensor source)
        {
            op_set_.Run(this, source);
            return this;
        }

        public Tensor contiguous() => op_contiguous.Call(this);

        internal Tensor contiguous(memory_format format) => op_contiguous.Call(this, Value.Format(format));

        public Tensor pin_memory() => op_pin.Call(this);

        public bool is_pinned() => op_is_pinned.CallBool(this);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(op_to_dtype.Call(this, type, non_blocking, copy), disposeAfter);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(dtype, device, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(op_to_device.Call(this, InitializeDevice(device), type, non_blocking, copy), disposeAfter);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor type(ScalarType dtype) => to_type(dtype);
        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) =>
            device is { type: not DeviceType.CUDA } ? throw new ArgumentException("Not a CUDA device.", nameof(device)) : to(device ?? CUDA, non_blocking: non_blocking);

        public Tensor mps(bool non_blocking = false) => to(new Device(DeviceType.MPS), non_blocking: non_blocking);

        public Tensor @bool() => to_type(ScalarType.Bool);
        public Tensor @byte() => to_type(ScalarType.Byte);
        public Tensor @char() => to_type(ScalarType.Int8);
        public Tensor @short() => to_type(ScalarType.Int16);
        public Tensor @int() => to_type(ScalarType.Int32);
        public Tensor @long() => to_type(ScalarType.Int64);
        public Tensor half() => to_type(ScalarType.Float16);
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);
        public Tensor @float() => to_type(ScalarType.Float32);
        public Tensor @double() => to_type(ScalarType.Float64);
        public Tensor cfloat() => to_type(ScalarType.ComplexFloat32);
        public Tensor cdouble() => to_type(ScalarType.ComplexFloat64);

        private Tensor After(Tensor result, bool dispose)
        {
            if (dispose) Dispose();
            return result;
        }
    }
}
