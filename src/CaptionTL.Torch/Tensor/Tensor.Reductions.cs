using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Sums, means, extremes and the like, over all elements or along dimensions (keepdim leaves them with size 1).
    public partial class Tensor
    {
        private static readonly Op
            op_aminmax = new("aminmax"), op_cummax = new("cummax"), op_cummin = new("cummin"), op_max_dim = new("max", "dim"), op_min_dim = new("min", "dim"),
            op_mode = new("mode"), op_std_mean_dim = new("std_mean", "dim"), op_std_mean = new("std_mean"), op_var_mean_dim = new("var_mean", "dim"),
            op_var_mean = new("var_mean"), op_amax = new("amax"), op_amax_out = new("amax", "out"), op_amin = new("amin"), op_amin_out = new("amin", "out"),
            op_argmax = new("argmax"), op_argmin = new("argmin"), op_bincount = new("bincount"), op_corrcoef = new("corrcoef"),
            op_count_nonzero = new("count_nonzero"), op_count_nonzero_dim_IntList = new("count_nonzero", "dim_IntList"), op_cov = new("cov"),
            op_cumprod = new("cumprod"), op_cumsum = new("cumsum"), op_cumulative_trapezoid_x = new("cumulative_trapezoid", "x"),
            op_cumulative_trapezoid_dx = new("cumulative_trapezoid", "dx"), op_diff = new("diff"), op_dist = new("dist"), op_histc = new("histc"),
            op_logcumsumexp = new("logcumsumexp"), op_logsumexp = new("logsumexp"), op_max = new("max"), op_max_other = new("max", "other"), op_mean = new("mean"),
            op_mean_dim = new("mean", "dim"), op_median = new("median"), op_min = new("min"), op_min_other = new("min", "other"), op_nanmean = new("nanmean"),
            op_nanmedian = new("nanmedian"), op_nanquantile = new("nanquantile"), op_nansum = new("nansum"), op_norm_Scalar = new("norm", "Scalar"),
            op_norm_ScalarOpt_dim = new("norm", "ScalarOpt_dim"), op_prod = new("prod"), op_prod_dim_int = new("prod", "dim_int"), op_quantile = new("quantile"),
            op_renorm = new("renorm"), op_std_dim = new("std", "dim"), op_std = new("std"), op_sum_dim_IntList = new("sum", "dim_IntList"), op_sum = new("sum"),
            op_trace = new("trace"), op_trapezoid_x = new("trapezoid", "x"), op_trapezoid_dx = new("trapezoid", "dx"), op_var_dim = new("var", "dim"),
            op_var = new("var");

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => op_sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor sum(ScalarType? type = null) => op_sum.Call(this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => op_sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => op_sum_dim_IntList.Call(this, new[] { dim0, dim1 }, keepdim, type);
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => op_sum_dim_IntList.Call(this, new[] { dim0, dim1, dim2 }, keepdim, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => op_sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor mean() => op_mean.Call(this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => op_mean_dim.Call(this, dimensions, keepdim, type);
        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_std_dim, [dim.Item1, dim.Item2], unbiased, keepdim, type);
        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_std_dim, [dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_std_dim, dimensions.ToArray(), unbiased, keepdim, type);
        public Tensor std(bool unbiased = true) => op_std.Call(this, unbiased);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_std_dim, [dim], unbiased, keepdim, type);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_std_dim, dimensions, unbiased, keepdim, type);
        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_var_dim, [dim.Item1, dim.Item2], unbiased, keepdim, type);
        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_var_dim, [dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_var_dim, dimensions.ToArray(), unbiased, keepdim, type);
        public Tensor var(bool unbiased = true) => op_var.Call(this, unbiased);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_var_dim, [dim], unbiased, keepdim, type);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spread(op_var_dim, dimensions, unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_std_mean_dim, [dim.Item1, dim.Item2], unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_std_mean_dim, [dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_std_mean_dim, dimensions.ToArray(), unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean(bool unbiased = true) => op_std_mean.Call2(this, unbiased);
        public (Tensor, Tensor) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_std_mean_dim, [dim], unbiased, keepdim, type);
        public (Tensor, Tensor) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_std_mean_dim, dimensions, unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_var_mean_dim, [dim.Item1, dim.Item2], unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_var_mean_dim, [dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_var_mean_dim, dimensions.ToArray(), unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean(bool unbiased = true) => op_var_mean.Call2(this, unbiased);
        public (Tensor, Tensor) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_var_mean_dim, [dim], unbiased, keepdim, type);
        public (Tensor, Tensor) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Spreads(op_var_mean_dim, dimensions, unbiased, keepdim, type);
        public Tensor prod(ScalarType? type = null) => op_prod.Call(this, type);
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => op_prod_dim_int.Call(this, dim, keepdim, type);
        public Tensor norm(float p = 2) => op_norm_Scalar.Call(this, p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => op_norm_ScalarOpt_dim.Call(this, p, dim, keepdim);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => op_max_dim.Call2(this, dim, keepdim);
        public Tensor max() => op_max.Call(this);
        public Tensor max(Tensor other) => op_max_other.Call(this, other);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => op_min_dim.Call2(this, dim, keepdim);
        public Tensor min() => op_min.Call(this);
        public Tensor min(Tensor other) => op_min_other.Call(this, other);
        public Tensor argmax() => op_argmax.Call(this);
        public Tensor argmax(long dim, bool keepdim = false) => op_argmax.Call(this, dim, keepdim);
        public Tensor argmin() => op_argmin.Call(this);
        public Tensor argmin(long dim, bool keepdim = false) => op_argmin.Call(this, dim, keepdim);
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => @out is null ? op_amax.Call(this, dims, keepdim) : op_amax_out.Into(@out, this, dims, keepdim, @out);
        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? op_amax.Call(this, dims, keepdim) : op_amax_out.Into(@out, this, dims, keepdim, @out);
        public Tensor amax(params long[] dims) => op_amax.Call(this, dims);
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => @out is null ? op_amin.Call(this, dims, keepdim) : op_amin_out.Into(@out, this, dims, keepdim, @out);
        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? op_amin.Call(this, dims, keepdim) : op_amin_out.Into(@out, this, dims, keepdim, @out);
        public Tensor amin(params long[] dims) => op_amin.Call(this, dims);
        public (Tensor, Tensor) aminmax(long? dim = null, bool keepdim = false) => op_aminmax.Call2(this, dim, keepdim);
        public Tensor median() => op_median.Call(this);
        public Tensor nanmedian() => op_nanmedian.Call(this);
        public Tensor nanmean(int? dim = null, bool keepdim = false, ScalarType? dtype = null) => op_nanmean.Call(this, dim, keepdim, dtype);
        public Tensor nansum() => op_nansum.Call(this);
        public (Tensor, Tensor) mode(long dim = -1, bool keepdim = false) => op_mode.Call2(this, dim, keepdim);
        public Tensor logsumexp(long dim, bool keepdim = false) => op_logsumexp.Call(this, dim, keepdim);
        public Tensor cumsum(long dim, ScalarType? type = null) => op_cumsum.Call(this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => op_cumprod.Call(this, dim, type);
        public (Tensor, Tensor) cummax(long dim) => op_cummax.Call2(this, dim);
        public (Tensor, Tensor) cummin(long dim) => op_cummin.Call2(this, dim);
        public Tensor logcumsumexp(long dim) => op_logcumsumexp.Call(this, dim);
        public Tensor count_nonzero(long[]? dims = null) => dims is null ? op_count_nonzero.Call(this) : op_count_nonzero_dim_IntList.Call(this, dims);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => op_quantile.Call(this, q, dim, keepdim);
        public Tensor nanquantile(Tensor q, long dim = -1, bool keepdim = false) => op_nanquantile.Call(this, q, dim, keepdim);
        public Tensor dist(Tensor other, float p = 2) => op_dist.Call(this, other, p);
        public Tensor corrcoef() => op_corrcoef.Call(this);
        public Tensor cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null) => op_cov.Call(this, correction, fweights, aweights);
        public Tensor histc(long bins = 100, long min = 0, long max = 0) => op_histc.Call(this, bins, min, max);
        public Tensor bincount(Tensor? weights, long minlength = 0) => op_bincount.Call(this, weights, minlength);
        public Tensor trace() => op_trace.Call(this);
        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => op_diff.Call(this, n, dim, prepend, append);
        public Tensor trapezoid(Tensor x, long dim = -1) => op_trapezoid_x.Call(this, x, dim);
        public Tensor trapezoid(double dx = 1, long dim = -1) => op_trapezoid_dx.Call(this, dx, dim);
        public Tensor cumulative_trapezoid(Tensor x, long dim = -1) => op_cumulative_trapezoid_x.Call(this, x, dim);
        public Tensor cumulative_trapezoid(double dx = 1, long dim = -1) => op_cumulative_trapezoid_dx.Call(this, dx, dim);
        public Tensor renorm(float p, long dim, float maxnorm) => op_renorm.Call(this, p, dim, maxnorm);

        private Tensor Spread(Op op, long[] dimensions, bool unbiased, bool keepdim, ScalarType? type)
        {
            using var converted = type is { } t ? to_type(t) : null;
            return op.Call(converted ?? this, dimensions, unbiased, keepdim);
        }

        private (Tensor, Tensor) Spreads(Op op, long[] dimensions, bool unbiased, bool keepdim, ScalarType? type)
        {
            using var converted = type is { } t ? to_type(t) : null;
            return op.Call2(converted ?? this, dimensions, unbiased, keepdim);
        }
    }
}
