using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What a tensor is, read in one call; sizes and strides point into the tensor and live as long as it does.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInfo
{
    public long* Sizes, Strides;
    public long Dimensions, Elements, Offset;
    public int ElementSize, Dtype, Device, DeviceIndex, Layout;
    public TensorFlags Flags;
}

[Flags]
internal enum TensorFlags
{
    RequiresGrad = 1,
    IsLeaf = 2,
    IsContiguous = 4,
    IsInference = 8,
    IsConj = 16,
    IsNeg = 32,
    IsChannelsLast = 64,
}

/// <summary>
/// The entries of captiontl_torch.so (native/bridge.cpp, native/operators.cpp). All arguments are blittable. Those that
/// return <c>int</c> give 0, or 1 after which <see cref="Native.Check"/> throws libtorch's own message. Entries that only
/// read a few words skip the change of the garbage collector's mode.
/// </summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "captiontl_torch";

    // OpenMP's threads, read once when libtorch is loaded: one that waits for the others sleeps instead of spinning. Spinning takes the
    // cores from decoding and from whatever else runs; with another process busy it made an encoder five times as slow.
    static NativeMethods()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null && Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null)
            _ = setenv("OMP_WAIT_POLICY", "passive", 0);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)] private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Library)] internal static partial byte* ct_error();
    [LibraryImport(Library)] internal static partial byte* ct_version();
    [LibraryImport(Library), SuppressGCTransition] internal static partial long ct_live_tensors();

    [LibraryImport(Library)] internal static partial int ct_op_find(byte* name, byte* overload, nint* op);
    [LibraryImport(Library)] internal static partial int ct_op_call(nint op, NativeValue* args, int count, NativeValue* results, int capacity, int* found);
    [LibraryImport(Library)] internal static partial void ct_free(nint memory);

    [LibraryImport(Library), SuppressGCTransition] internal static partial int ct_tensor_info(nint tensor, TensorInfo* info);
    [LibraryImport(Library)] internal static partial int ct_tensor_data(nint tensor, nint* data);
    [LibraryImport(Library)] internal static partial int ct_tensor_free(nint tensor);
    [LibraryImport(Library)] internal static partial int ct_tensor_share(nint tensor, nint* other);

    [LibraryImport(Library)] internal static partial int ct_set_requires_grad(nint tensor, int on);
    [LibraryImport(Library)] internal static partial int ct_get_grad(nint tensor, nint* grad);
    [LibraryImport(Library)] internal static partial int ct_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)] internal static partial int ct_retain_grad(nint tensor);
    [LibraryImport(Library)]
    internal static partial int ct_backward(nint* tensors, int n, nint* grads, int grad_count, int retain_graph, int create_graph, nint* inputs, int input_count);
    [LibraryImport(Library)]
    internal static partial int ct_grad(nint* outputs, int n, nint* inputs, int input_count, nint* grads, int grad_count, int retain_graph, int create_graph, int allow_unused, nint* results);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int ct_grad_enabled();
    [LibraryImport(Library), SuppressGCTransition] internal static partial void ct_set_grad_enabled(int on);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int ct_inference_enabled();
    [LibraryImport(Library)] internal static partial int ct_inference_begin(int on, nint* guard);
    [LibraryImport(Library)] internal static partial int ct_inference_end(nint guard);
    [LibraryImport(Library)] internal static partial void ct_anomaly(int set, int on, int check_nan, int* was, int* checked_nan);

    [LibraryImport(Library)] internal static partial int ct_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial int ct_generator_new(int device, int index, int standard, long seed, nint* generator);
    [LibraryImport(Library)] internal static partial int ct_generator_free(nint generator);
    [LibraryImport(Library)] internal static partial int ct_generator_seed(nint generator, int what, long* value);
    [LibraryImport(Library)] internal static partial int ct_generator_get_state(nint generator, nint* state);
    [LibraryImport(Library)] internal static partial int ct_generator_set_state(nint generator, nint state);

    [LibraryImport(Library)] internal static partial int ct_get_threads(int interop);
    [LibraryImport(Library)] internal static partial int ct_set_threads(int interop, int count);
    [LibraryImport(Library)] internal static partial int ct_device_count(int type, int* count);
    [LibraryImport(Library)] internal static partial int ct_synchronize(int type, int index);
    [LibraryImport(Library)] internal static partial int ct_set_matmul_precision(int tf32_matmul, int tf32_cudnn);
}
