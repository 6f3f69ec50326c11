using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Reading and writing at positions given by tensors.
    public partial class Tensor
    {
        private static readonly Op
            op_gather = new("gather"), op_index_add = new("index_add"), op_index_add_ = new("index_add_"), op_index_copy = new("index_copy"),
            op_index_copy_ = new("index_copy_"), op_index_fill_int_Scalar = new("index_fill", "int_Scalar"),
            op_index_fill__int_Scalar = new("index_fill_", "int_Scalar"), op_index_select = new("index_select"), op_masked_scatter = new("masked_scatter"),
            op_masked_scatter_ = new("masked_scatter_"), op_masked_select = new("masked_select"), op_scatter_src = new("scatter", "src"),
            op_scatter__src = new("scatter_", "src"), op_scatter_add = new("scatter_add"), op_scatter_add_ = new("scatter_add_"), op_take = new("take"),
            op_take_along_dim = new("take_along_dim");

        public Tensor index_select(long dim, Tensor index) => op_index_select.Call(this, dim, index);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => op_index_add.Call(this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => op_index_add_.InPlace(this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => op_index_copy.Call(this, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => op_index_copy_.InPlace(this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) => op_index_fill_int_Scalar.Call(this, dim, index, value);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) => op_index_fill__int_Scalar.InPlace(this, dim, index, value);
        public Tensor gather(long dim, Tensor index) => op_gather.Call(this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => op_scatter_src.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => op_scatter__src.InPlace(this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => op_scatter_add.Call(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => op_scatter_add_.InPlace(this, dim, index, src);
        public Tensor masked_select(Tensor mask) => op_masked_select.Call(this, mask);
        public Tensor masked_scatter(Tensor mask, Tensor value) => op_masked_scatter.Call(this, mask, value);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => op_masked_scatter_.InPlace(this, mask, value);
        public Tensor take(Tensor index) => op_take.Call(this, index);
        public Tensor take_along_dim(IEnumerable<long> indices) => Along(indices, null);
        public Tensor take_along_dim(IEnumerable<long> indices, long dim) => Along(indices, dim);
        public Tensor take_along_dim(Tensor indices) => op_take_along_dim.Call(this, indices);
        public Tensor take_along_dim(Tensor indices, long dim) => op_take_along_dim.Call(this, indices, dim);

        private Tensor Along(IEnumerable<long> indices, long? dim)
        {
            using var positions = tensor(indices.ToArray(), device: device);
            return op_take_along_dim.Call(this, positions, dim);
        }
    }
}
