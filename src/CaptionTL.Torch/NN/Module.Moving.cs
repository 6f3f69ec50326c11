using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Converts floating-point parameters and buffers and moves all of them. Other dtypes keep their type.</summary>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckTarget(dtype);
                _toEpilog(device, dtype, non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                _toEpilog(deviceType, deviceIndex, non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckTarget(dtype);
                _toEpilog(dtype, non_blocking);
                return this;
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => _toEpilog(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (var (_, child) in named_children())
                {
                    if (device is null) child._to(dtype!.Value, non_blocking);
                    else if (dtype is null) child._to(device.type, device.index, non_blocking);
                    else child._to(device, dtype.Value, non_blocking);
                }
                foreach (var (name, parameter) in _parameterTable.ToList())
                {
                    if (!ReplaceParameter(dtype, device, parameter, out var moved)) continue;
                    _parameterTable[name] = moved!;
                    UpdateField(name, parameter, moved!);
                    parameter.Dispose();
                }
                foreach (var (name, (buffer, persistent)) in _bufferTable.ToList())
                {
                    if (!ReplaceBuffer(dtype, device, buffer, out var moved)) continue;
                    _bufferTable[name] = (moved!, persistent);
                    UpdateField(name, buffer, moved!);
                    buffer.Dispose();
                }
            }

            /// <summary>A moved copy of a parameter, a leaf with the same requires_grad and its gradient moved too; false when nothing changes.</summary>
            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
            {
                p = null;
                if (!WouldCopy(param, dtype, device)) return false;
                using var gradientsOff = no_grad();
                using var grad = param.grad;
                p = new Parameter(Moved(param, dtype, device), param.requires_grad);
                p.DetachFromDisposeScope();
                if (grad is not null)
                {
                    using var movedGrad = Moved(grad, dtype, device);
                    p.grad = movedGrad;
                }
                return true;
            }

            /// <summary>A moved copy of a buffer; false when nothing changes. The old one is left to the caller.</summary>
            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
            {
                result = null;
                if (!WouldCopy(buffer, dtype, device)) return false;
                using var gradientsOff = no_grad();
                result = Moved(buffer, dtype, device).DetachFromDisposeScope();
                return true;
            }

            private static Tensor Moved(Tensor tensor, ScalarType? dtype, Device? device) =>
                tensor.to(TargetType(tensor, dtype), device ?? tensor.device);

            private static ScalarType TargetType(Tensor tensor, ScalarType? dtype) =>
                dtype is { } wanted && tensor.is_floating_point() ? wanted : tensor.dtype;

            private static bool WouldCopy(Tensor tensor, ScalarType? dtype, Device? device) =>
                TargetType(tensor, dtype) != tensor.dtype
                || device is not null && (device.type != tensor.device_type || device.index >= 0 && device.index != tensor.device_index);

            private void UpdateField(string component, Tensor old, Tensor moved)
            {
                foreach (var (name, field) in ComponentFields.Of(GetType()))
                    if (name == component && ReferenceEquals(field.GetValue(this), old)) field.SetValue(this, moved);
            }

            private static void CheckTarget(ScalarType dtype)
            {
                if (dtype is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64
                    or ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
            }
        }
    }
}
