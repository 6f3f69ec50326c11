using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Order and membership.
    public partial class Tensor
    {
        private static readonly Op
            op_kthvalue = new("kthvalue"), op_sort_stable = new("sort", "stable"), op_topk = new("topk"), op_unique_dim = new("unique_dim"),
            op__unique2 = new("_unique2"), op_unique_consecutive = new("unique_consecutive"), op_nonzero_numpy = new("nonzero_numpy"), op_argsort = new("argsort"),
            op_argwhere = new("argwhere"), op_bucketize_Tensor = new("bucketize", "Tensor"), op_msort = new("msort"), op_nonzero = new("nonzero");

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => op_sort_stable.Call2(this, stable, dim, descending);
        public Tensor argsort(long dim = -1, bool descending = false) => op_argsort.Call(this, dim, descending);
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => op_topk.Call2(this, k, dim, largest, sorted);
        public (Tensor, Tensor) kthvalue(long k, long? dim, bool keepdim = false) => op_kthvalue.Call2(this, k, dim ?? -1, keepdim);
        public static (Tensor, Tensor) kthvalue(Tensor input, long k, long? dim, bool keepdim = false) => input.kthvalue(k, dim, keepdim);
        public (Tensor, Tensor, Tensor) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) => dim is { } d ? op_unique_dim.Call3(this, d, sorted, return_inverse, return_counts) : op__unique2.Call3(this, sorted, return_inverse, return_counts);
        public (Tensor, Tensor, Tensor) unique_consecutive(bool return_inverse = false, bool return_counts = false, int? dim = null) => op_unique_consecutive.Call3(this, return_inverse, return_counts, dim);
        public Tensor nonzero() => op_nonzero.Call(this);
        public IList<Tensor> nonzero_as_list() => op_nonzero_numpy.CallList(this);
        public Tensor argwhere() => op_argwhere.Call(this);
        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => op_bucketize_Tensor.Call(this, boundaries, outInt32, right);
        public Tensor msort() => op_msort.Call(this);
    }
}
