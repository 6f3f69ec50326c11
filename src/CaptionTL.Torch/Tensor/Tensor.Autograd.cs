using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Op op_detach = new("detach"), op_detach_ = new("detach_");

        /// <exception cref="System.Runtime.InteropServices.ExternalException">Not a leaf, or not of a floating-point or complex type.</exception>
        public bool requires_grad
        {
            get => Has(TensorFlags.RequiresGrad);
            set => Native.Check(NativeMethods.ct_set_requires_grad(Handle, value ? 1 : 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>What backward has summed up; null before. Each reading gives another object for the same tensor.</summary>
        public unsafe Tensor? grad
        {
            get
            {
                nint found;
                Native.Check(NativeMethods.ct_get_grad(Handle, &found));
                return Native.Wrap(found);
            }
            set => Native.Check(NativeMethods.ct_set_grad(Handle, value?.Handle ?? 0));
        }

        /// <summary>Keeps the gradient of a tensor that is not a leaf.</summary>
        public void retain_grad() => Native.Check(NativeMethods.ct_retain_grad(Handle));

        /// <summary>The gradients of this scalar with respect to all leaves, added to their <see cref="grad"/>.</summary>
        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        public Tensor detach() => op_detach.Call(this);

        public Tensor detach_()
        {
            op_detach_.Run(this);
            return this;
        }
    }
}
