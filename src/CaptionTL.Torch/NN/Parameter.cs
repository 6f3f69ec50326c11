using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module trains. It takes over the tensor it is made of, which cannot be used afterwards, and its place in a dispose scope.</summary>
    public class Parameter : Tensor
    {
        public Parameter(Tensor data, bool requires_grad = true) : this(data, requires_grad, data.OwningDisposeScope) { }

        private Parameter(Tensor data, bool requires_grad, DisposeScope? scope)
            : base(data.with_requires_grad(requires_grad).DecoupleFromNativeHandle(), register: false) => scope?.Attach(this);
    }
}

namespace TorchSharp
{
    using TorchSharp.Modules;

    public static partial class torch
    {
        public static partial class nn
        {
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
