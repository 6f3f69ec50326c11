using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>
        /// Sum over outputs of grad_outputs · d output / d input, for every input; nothing is added to any grad.
        /// An entry is null where an input was not used and <paramref name="allow_unused"/> is set.
        /// </summary>
        /// <param name="grad_outputs">One a output, of its shape; null where every output is a scalar.</param>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            nint[] o = Native.Handles(outputs), i = Native.Handles(inputs), g = Native.Handles(grad_outputs);
            var results = new nint[i.Length];
            fixed (nint* po = o, pi = i, pg = g, pr = results)
                Native.Check(NativeMethods.ct_grad(po, o.Length, pi, i.Length, pg, g.Length, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, pr));
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, handle => Native.Wrap(handle)!);
        }

        /// <summary>Adds the gradients of the tensors to the grad of every leaf, or of <paramref name="inputs"/> only.</summary>
        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            nint[] t = Native.Handles(tensors), g = Native.Handles(grad_tensors), i = Native.Handles(inputs);
            var retain = retain_graph ?? create_graph;
            fixed (nint* pt = t, pg = g, pi = i)
                Native.Check(NativeMethods.ct_backward(pt, t.Length, pg, g.Length, retain ? 1 : 0, create_graph ? 1 : 0, pi, i.Length));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        /// <summary>While it is not disposed, backward says which forward operator led to a NaN.</summary>
        public static AnomalyMode detect_anomaly(bool check_nan = true) => new(true, check_nan);

        public static AnomalyMode set_detect_anomaly(bool mode, bool check_nan = true) => new(mode, check_nan);
    }
}
