using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Views and rearrangements. What can be a view of the same memory is one.
    public partial class Tensor
    {
        private static readonly Op
            op_as_strided = new("as_strided"), op_atleast_1d = new("atleast_1d"), op_atleast_2d = new("atleast_2d"), op_atleast_3d = new("atleast_3d"),
            op_broadcast_to = new("broadcast_to"), op_channel_shuffle = new("channel_shuffle"), op_diag = new("diag"), op_diag_embed = new("diag_embed"),
            op_diagflat = new("diagflat"), op_diagonal = new("diagonal"), op_diagonal_scatter = new("diagonal_scatter"), op_expand = new("expand"),
            op_expand_as = new("expand_as"), op_flatten_using_ints = new("flatten", "using_ints"), op_flip = new("flip"), op_fliplr = new("fliplr"),
            op_flipud = new("flipud"), op_movedim_intlist = new("movedim", "intlist"), op_narrow = new("narrow"), op_permute = new("permute"),
            op_ravel = new("ravel"), op_repeat = new("repeat"), op_repeat_interleave_self_Tensor = new("repeat_interleave", "self_Tensor"),
            op_repeat_interleave_self_int = new("repeat_interleave", "self_int"), op_reshape = new("reshape"), op_roll = new("roll"), op_rot90 = new("rot90"),
            op_select_int = new("select", "int"), op_select_scatter = new("select_scatter"), op_slice_Tensor = new("slice", "Tensor"),
            op_slice_scatter = new("slice_scatter"), op_squeeze = new("squeeze"), op_squeeze_dim = new("squeeze", "dim"), op_squeeze_ = new("squeeze_"),
            op_squeeze__dim = new("squeeze_", "dim"), op_swapaxes = new("swapaxes"), op_swapdims = new("swapdims"), op_t = new("t"), op_tile = new("tile"),
            op_transpose_int = new("transpose", "int"), op_transpose_ = new("transpose_"), op_tril = new("tril"), op_tril_ = new("tril_"), op_triu = new("triu"),
            op_triu_ = new("triu_"), op_unflatten_int = new("unflatten", "int"), op_unfold = new("unfold"), op_unsqueeze = new("unsqueeze"),
            op_unsqueeze_ = new("unsqueeze_"), op_view = new("view"), op_view_as = new("view_as"), op_view_as_complex = new("view_as_complex"),
            op_view_as_real = new("view_as_real"), op_chunk = new("chunk"), op_dsplit_int = new("dsplit", "int"), op_dsplit_array = new("dsplit", "array"),
            op_hsplit_int = new("hsplit", "int"), op_hsplit_array = new("hsplit", "array"), op_split_with_sizes = new("split_with_sizes"),
            op_split_Tensor = new("split", "Tensor"), op_tensor_split_tensor_indices_or_sections = new("tensor_split", "tensor_indices_or_sections"),
            op_tensor_split_sections = new("tensor_split", "sections"), op_tensor_split_indices = new("tensor_split", "indices"),
            op_unbind_int = new("unbind", "int"), op_vsplit_int = new("vsplit", "int"), op_vsplit_array = new("vsplit", "array"), op_numpy_T = new("numpy_T"),
            op_mT = new("mT"), op_matrix_H = new("matrix_H"), op_mH = new("mH");

        public Tensor reshape(params long[] shape) => op_reshape.Call(this, shape);
        public Tensor view(params long[] shape) => op_view.Call(this, shape);
        public Tensor view_as(Tensor other) => op_view_as.Call(this, other);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => op_flatten_using_ints.Call(this, start_dim, end_dim);
        public Tensor unflatten(long dim, Size sizes) => op_unflatten_int.Call(this, dim, sizes.Shape);
        public Tensor unflatten(long dim, params long[] sizes) => op_unflatten_int.Call(this, dim, sizes);
        public Tensor unsqueeze(long dim) => op_unsqueeze.Call(this, dim);
        public Tensor unsqueeze_(long dim) => op_unsqueeze_.InPlace(this, dim);
        public Tensor squeeze(long? dim = null) => dim is { } d ? op_squeeze_dim.Call(this, d) : op_squeeze.Call(this);
        public Tensor squeeze_(long? dim = null) => dim is { } d ? op_squeeze__dim.InPlace(this, d) : op_squeeze_.InPlace(this);
        public Tensor permute(IEnumerable<long> permutation) => op_permute.Call(this, permutation.ToArray());
        public Tensor permute(params long[] permutation) => op_permute.Call(this, permutation);
        public Tensor transpose(long dim0, long dim1) => op_transpose_int.Call(this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => op_transpose_.InPlace(this, dim0, dim1);
        public Tensor swapaxes(long dim0, long dim1) => op_swapaxes.Call(this, dim0, dim1);
        public Tensor swapdims(long dim0, long dim1) => op_swapdims.Call(this, dim0, dim1);
        public Tensor t() => op_t.Call(this);
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => op_expand.Call(this, sizes, isImplicit);
        public Tensor expand(Size sizes, bool isImplicit = false) => op_expand.Call(this, sizes.Shape, isImplicit);
        public Tensor expand(long[] sizes, bool isImplicit = false) => op_expand.Call(this, sizes, isImplicit);
        public Tensor expand(params long[] sizes) => op_expand.Call(this, sizes);
        public Tensor expand_as(Tensor other) => op_expand_as.Call(this, other);
        public Tensor broadcast_to(params long[] shape) => op_broadcast_to.Call(this, shape);
        public Tensor repeat(params long[] sizes) => op_repeat.Call(this, sizes);
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) => op_repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => op_repeat_interleave_self_int.Call(this, repeats, dim, output_size);
        public Tensor tile(long[] reps) => op_tile.Call(this, reps);
        public Tensor roll((long, long) shifts, (long, long) dims) => op_roll.Call(this, new[] { shifts.Item1, shifts.Item2 }, new[] { dims.Item1, dims.Item2 });
        public Tensor roll((long, long, long) shifts, (long, long, long) dims) => op_roll.Call(this, new[] { shifts.Item1, shifts.Item2, shifts.Item3 }, new[] { dims.Item1, dims.Item2, dims.Item3 });
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => op_roll.Call(this, shifts, dims);
        public Tensor roll(long shifts, long? dims = null) => dims is { } d ? op_roll.Call(this, shifts, d) : op_roll.Call(this, shifts);
        public Tensor roll(long[] shifts) => op_roll.Call(this, shifts);
        public Tensor roll(long[] shifts, long[] dims) => op_roll.Call(this, shifts, dims);
        public Tensor flip(params long[] dims) => op_flip.Call(this, dims);
        public Tensor fliplr() => op_fliplr.Call(this);
        public Tensor flipud() => op_flipud.Call(this);
        public Tensor rot90(long k = 1, (long, long)? dims = null) => op_rot90.Call(this, k, dims is { } d ? new[] { d.Item1, d.Item2 } : new long[] { 0, 1 });
        public Tensor moveaxis(long[] source, long[] destination) => op_movedim_intlist.Call(this, source, destination);
        public Tensor movedim(long[] source, long[] destination) => op_movedim_intlist.Call(this, source, destination);
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => op_split_with_sizes.CallList(this, sizes, dim);
        public Tensor[] split(long size, int dim = 0) => op_split_Tensor.CallList(this, size, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => op_split_with_sizes.CallList(this, sizes, dim);
        public Tensor[] split(params long[] sizes) => op_split_with_sizes.CallList(this, sizes);
        public Tensor[] chunk(long chunks, long dim = 0) => op_chunk.CallList(this, chunks, dim);
        public Tensor[] unbind(long dimension = 0) => op_unbind_int.CallList(this, dimension);
        public Tensor[] tensor_split(Tensor indices, long dim = 0) => op_tensor_split_tensor_indices_or_sections.CallList(this, indices, dim);
        public Tensor[] tensor_split(long size, long dim = 0) => op_tensor_split_sections.CallList(this, size, dim);
        public Tensor[] tensor_split(long[] sizes, long dim = 0) => op_tensor_split_indices.CallList(this, sizes, dim);
        public Tensor[] hsplit(long size) => op_hsplit_int.CallList(this, size);
        public Tensor[] hsplit(params long[] sizes) => op_hsplit_array.CallList(this, sizes);
        public Tensor[] vsplit(long size) => op_vsplit_int.CallList(this, size);
        public Tensor[] vsplit(params long[] sizes) => op_vsplit_array.CallList(this, sizes);
        public Tensor[] dsplit(long size) => op_dsplit_int.CallList(this, size);
        public Tensor[] dsplit(params long[] sizes) => op_dsplit_array.CallList(this, sizes);
        public Tensor narrow(long dim, long start, long length) => op_narrow.Call(this, dim, start, length);
        public Tensor select(long dim, long index) => op_select_int.Call(this, dim, index);
        public Tensor slice(long dim, long start, long finish, long step) => op_slice_Tensor.Call(this, dim, start, finish, step);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => op_as_strided.Call(this, size, strides, storageOffset);
        public Tensor unfold(long dimension, long size, long step) => op_unfold.Call(this, dimension, size, step);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => op_diagonal.Call(this, offset, dim1, dim2);
        public Tensor diag(long diagonal = 0) => op_diag.Call(this, diagonal);
        public Tensor diagflat(long offset = 0) => op_diagflat.Call(this, offset);
        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => op_diag_embed.Call(this, offset, dim1, dim2);
        public Tensor tril(long diagonal = 0) => op_tril.Call(this, diagonal);
        public Tensor tril_(long diagonal = 0) => op_tril_.InPlace(this, diagonal);
        public Tensor triu(long diagonal = 0) => op_triu.Call(this, diagonal);
        public Tensor triu_(long diagonal = 0) => op_triu_.InPlace(this, diagonal);
        public Tensor ravel() => op_ravel.Call(this);
        public Tensor atleast_1d() => op_atleast_1d.Call(this);
        public Tensor atleast_2d() => op_atleast_2d.Call(this);
        public Tensor atleast_3d() => op_atleast_3d.Call(this);
        public Tensor view_as_real() => op_view_as_real.Call(this);
        public Tensor view_as_complex() => op_view_as_complex.Call(this);
        public Tensor channel_shuffle(long groups) => op_channel_shuffle.Call(this, groups);
        public Tensor select_scatter(Tensor src, long dim, long index) => op_select_scatter.Call(this, src, dim, index);
        public Tensor slice_scatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) => op_slice_scatter.Call(this, src, dim, start, end, step);
        public Tensor diagonal_scatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) => op_diagonal_scatter.Call(this, src, offset, dim1, dim2);

        public Tensor T => op_numpy_T.Call(this);
        public Tensor mT => op_mT.Call(this);
        public Tensor H => op_matrix_H.Call(this);
        public Tensor mH => op_mH.Call(this);
    }
}
