using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe class Native
{
    /// <summary>Throws what the last native call on this thread said, as TorchSharp does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int failed)
    {
        if (failed != 0) Throw();
    }

    [DoesNotReturn]
    private static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8((nint)NativeMethods.ct_error()));

    /// <summary>Handles that libtorch has given out and nobody has freed yet, those never wrapped included.</summary>
    public static long LiveTensors => NativeMethods.ct_live_tensors();

    public static string Version => Marshal.PtrToStringUTF8((nint)NativeMethods.ct_version())!;

    /// <summary>A tensor for a handle that a native call gave out; null for an undefined tensor.</summary>
    public static torch.Tensor? Wrap(nint handle) => handle == 0 ? null : new torch.Tensor(handle);

    public static nint[] Handles(IEnumerable<torch.Tensor?>? tensors) => tensors is null ? [] : tensors.Select(t => t?.Handle ?? 0).ToArray();
}
