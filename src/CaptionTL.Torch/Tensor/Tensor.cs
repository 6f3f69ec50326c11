using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// An n-dimensional array of one element type on one device, with autograd. It owns one reference to libtorch's
    /// tensor: dispose it, or let a <see cref="DisposeScope"/> do so; a forgotten one is freed by the finalizer.
    /// Operators have the names, arguments and meaning of PyTorch's (pytorch.org/docs/stable/torch.html), and fail with
    /// libtorch's message in an <see cref="System.Runtime.InteropServices.ExternalException"/>.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static readonly Op op_equal = new("equal");
        private static long total_count;
        private static long peak_count;
        private nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var count = Interlocked.Increment(ref total_count);
            if (count > peak_count) peak_count = count;
            if (register) OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        ~Tensor() => Dispose(false);

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>Tensor objects that are neither disposed nor finalized, in the whole process.</summary>
        public static long TotalCount => Interlocked.Read(ref total_count);

        public static long PeakCount => Interlocked.Read(ref peak_count);

        /// <summary>libtorch's c10::TensorImpl*.</summary>
        /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public bool IsInvalid => handle == 0;

        public string? name { get; set; }

        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var old = Interlocked.Exchange(ref handle, 0);
            if (old == 0) return;
            if (disposing)
            {
                DisposeScopeManager.ThreadSingleton.Disposing(this);
                OwningDisposeScope?.MarkAsDisposed(this);
            }
            Interlocked.Decrement(ref total_count);
            _ = NativeMethods.ct_tensor_free(old);
        }

        /// <summary>Gives the handle away: the caller frees it.</summary>
        public nint DecoupleFromNativeHandle()
        {
            var old = Handle;
            handle = 0;
            GC.SuppressFinalize(this);
            Interlocked.Decrement(ref total_count);
            OwningDisposeScope?.MarkAsDisposed(this);
            return old;
        }

        /// <summary>Moves the tensor one scope out; where there is no outer one, out of all scopes.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is not null) OwningDisposeScope.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        /// <summary>Same shape and values; element-wise comparison is <see cref="eq(Tensor)"/>.</summary>
        public bool Equals(Tensor? target) => target is not null && (ReferenceEquals(this, target) || op_equal.CallBool(this, target));

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        /// <summary>Another object for the same libtorch tensor.</summary>
        internal unsafe Tensor Share()
        {
            nint other;
            Native.Check(NativeMethods.ct_tensor_share(Handle, &other));
            return new Tensor(other);
        }
    }
}
