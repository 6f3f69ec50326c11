using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // One tensor from several.
    private static readonly Op
        op_broadcast_tensors = new("broadcast_tensors"), op_block_diag = new("block_diag"), op_cartesian_prod = new("cartesian_prod"), op_cat = new("cat"),
        op_cdist = new("cdist"), op_chain_matmul = new("chain_matmul"), op_column_stack = new("column_stack"), op_combinations = new("combinations"),
        op_dstack = new("dstack"), op_einsum = new("einsum"), op_hstack = new("hstack"), op_row_stack = new("row_stack"), op_stack = new("stack"),
        op_vstack = new("vstack"), op_meshgrid_indexing = new("meshgrid", "indexing");

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => op_cat.Call(Value.Tensors(tensors), dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => op_cat.Call(tensors.ToArray(), dim);
    public static Tensor cat(Tensor[] tensors, long dim = 0) => op_cat.Call(tensors, dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => op_cat.Call(Value.Tensors(tensors), dim);
    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => op_cat.Call(tensors.ToArray(), dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => op_cat.Call(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => op_cat.Call(Value.Tensors(tensors), axis);
    public static Tensor concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => op_cat.Call(tensors.ToArray(), axis);
    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => op_cat.Call(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => op_stack.Call(Value.Tensors(tensors), dim);
    public static Tensor hstack(IEnumerable<Tensor> tensors) => op_hstack.Call(Value.Tensors(tensors));
    public static Tensor hstack(IList<Tensor> tensors) => op_hstack.Call(Value.Tensors(tensors));
    public static Tensor hstack(ReadOnlySpan<Tensor> tensors) => op_hstack.Call(tensors.ToArray());
    public static Tensor hstack(params Tensor[] tensors) => op_hstack.Call(tensors);
    public static Tensor vstack(IList<Tensor> tensors) => op_vstack.Call(Value.Tensors(tensors));
    public static Tensor vstack(ReadOnlySpan<Tensor> tensors) => op_vstack.Call(tensors.ToArray());
    public static Tensor vstack(Tensor[] tensors) => op_vstack.Call(tensors);
    public static Tensor dstack(IEnumerable<Tensor> tensors) => op_dstack.Call(Value.Tensors(tensors));
    public static Tensor dstack(IList<Tensor> tensors) => op_dstack.Call(Value.Tensors(tensors));
    public static Tensor dstack(ReadOnlySpan<Tensor> tensors) => op_dstack.Call(tensors.ToArray());
    public static Tensor dstack(params Tensor[] tensors) => op_dstack.Call(tensors);
    public static Tensor column_stack(IList<Tensor> tensors) => op_column_stack.Call(Value.Tensors(tensors));
    public static Tensor column_stack(ReadOnlySpan<Tensor> tensors) => op_column_stack.Call(tensors.ToArray());
    public static Tensor column_stack(params Tensor[] tensors) => op_column_stack.Call(tensors);
    public static Tensor row_stack(IList<Tensor> tensors) => op_row_stack.Call(Value.Tensors(tensors));
    public static Tensor row_stack(ReadOnlySpan<Tensor> tensors) => op_row_stack.Call(tensors.ToArray());
    public static Tensor row_stack(params Tensor[] tensors) => op_row_stack.Call(tensors);
    public static Tensor cartesian_prod(IList<Tensor> tensors) => op_cartesian_prod.Call(Value.Tensors(tensors));
    public static Tensor cartesian_prod(ReadOnlySpan<Tensor> tensors) => op_cartesian_prod.Call(tensors.ToArray());
    public static Tensor cartesian_prod(params Tensor[] tensors) => op_cartesian_prod.Call(tensors);
    public static Tensor combinations(Tensor input, int r = 2, bool with_replacement = false) => op_combinations.Call(input, r, with_replacement);
    public static Tensor einsum(string equation, params Tensor[] tensors) => op_einsum.Call(equation, tensors);
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => op_meshgrid_indexing.CallList(Value.Tensors(tensors), indexing);
    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => op_broadcast_tensors.CallList(tensors);
    public static Tensor block_diag(params Tensor[] tensors) => op_block_diag.Call(tensors);
    public static Tensor chain_matmul(params Tensor[] matrices) => op_chain_matmul.Call(matrices);
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) => op_cdist.Call(x1, x2, p, (long)compute_mode);
}
