using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Until disposed, operators on this thread record nothing for backward.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.ct_grad_enabled() != 0;

    /// <summary>Like <see cref="no_grad"/>, and cheaper: tensors made inside can never take part in autograd later.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => NativeMethods.ct_inference_enabled() != 0;

    // Both modes belong to the thread that sets them, and end on the thread on which they began.
    private sealed class GradMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();
        private bool disposed;

        public GradMode(bool on) => NativeMethods.ct_set_grad_enabled(on ? 1 : 0);

        public void Dispose()
        {
            if (disposed) return;
            NativeMethods.ct_set_grad_enabled(before ? 1 : 0);
            disposed = true;
        }
    }

    private sealed class InferenceMode : IDisposable
    {
        private readonly int thread = Environment.CurrentManagedThreadId;
        private nint guard;

        public unsafe InferenceMode(bool on)
        {
            nint made;
            Native.Check(NativeMethods.ct_inference_begin(on ? 1 : 0, &made));
            guard = made;
        }

        public void Dispose()
        {
            if (guard == 0) return;
            if (thread != Environment.CurrentManagedThreadId) throw new InvalidOperationException("inference mode must end on the thread on which it began");
            Native.Check(NativeMethods.ct_inference_end(guard));
            guard = 0;
        }
    }
}
