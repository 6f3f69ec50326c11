using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Linear algebra over the last two dimensions, batched over the others (pytorch.org/docs/stable/linalg.html).</summary>
    public static partial class linalg
    {
        public enum QRMode
        {
            Reduced = 0,
            Complete = 1,
            R = 2,
        }

        private static readonly Op
            op_linalg_cholesky_ex = new("linalg_cholesky_ex"), op_linalg_eig = new("linalg_eig"), op_linalg_eigh = new("linalg_eigh"),
            op_linalg_lu_factor = new("linalg_lu_factor"), op_linalg_qr = new("linalg_qr"), op_linalg_slogdet = new("linalg_slogdet"),
            op_linalg_lu = new("linalg_lu"), op_linalg_svd = new("linalg_svd"), op_linalg_lstsq = new("linalg_lstsq"), op_linalg_cholesky = new("linalg_cholesky"),
            op_linalg_cond = new("linalg_cond"), op_linalg_cond_p_str = new("linalg_cond", "p_str"), op_linalg_cross = new("linalg_cross"),
            op_linalg_det = new("linalg_det"), op_linalg_eigvals = new("linalg_eigvals"), op_linalg_eigvalsh = new("linalg_eigvalsh"),
            op_linalg_householder_product = new("linalg_householder_product"), op_linalg_inv = new("linalg_inv"), op_linalg_matrix_norm = new("linalg_matrix_norm"),
            op_linalg_matrix_norm_str_ord = new("linalg_matrix_norm", "str_ord"),
            op_linalg_matrix_rank_atol_rtol_tensor = new("linalg_matrix_rank", "atol_rtol_tensor"),
            op_linalg_matrix_rank_atol_rtol_float = new("linalg_matrix_rank", "atol_rtol_float"), op_linalg_multi_dot = new("linalg_multi_dot"),
            op_linalg_norm = new("linalg_norm"), op_linalg_norm_ord_str = new("linalg_norm", "ord_str"),
            op_linalg_pinv_atol_rtol_tensor = new("linalg_pinv", "atol_rtol_tensor"), op_linalg_pinv_atol_rtol_float = new("linalg_pinv", "atol_rtol_float"),
            op_linalg_solve = new("linalg_solve"), op_linalg_solve_triangular = new("linalg_solve_triangular"),
            op_linalg_solve_triangular_out = new("linalg_solve_triangular", "out"), op_linalg_svdvals = new("linalg_svdvals"),
            op_linalg_tensorinv = new("linalg_tensorinv"), op_linalg_vander = new("linalg_vander"), op_linalg_vecdot = new("linalg_vecdot"),
            op_linalg_vecdot_out = new("linalg_vecdot", "out"), op_linalg_vector_norm = new("linalg_vector_norm");

        public static Tensor cholesky(Tensor input) => op_linalg_cholesky.Call(input);
        public static (Tensor, Tensor) cholesky_ex(Tensor input, bool check_errors = false) => op_linalg_cholesky_ex.Call2(input, check_errors);
        public static Tensor cond(Tensor input) => op_linalg_cond.Call(input);
        public static Tensor cond(Tensor input, double p) => op_linalg_cond.Call(input, p);
        public static Tensor cond(Tensor input, int p) => op_linalg_cond.Call(input, p);
        public static Tensor cond(Tensor input, string p) => op_linalg_cond_p_str.Call(input, p);
        public static Tensor cross(Tensor input, Tensor other, long dim = -1) => op_linalg_cross.Call(input, other, dim);
        public static Tensor det(Tensor input) => op_linalg_det.Call(input);
        public static Tensor diagonal(Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1) => input.diagonal(offset, dim1, dim2);
        public static (Tensor, Tensor) eig(Tensor input) => op_linalg_eig.Call2(input);
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => op_linalg_eigh.Call2(input, UPLO.ToString());
        public static Tensor eigvals(Tensor input) => op_linalg_eigvals.Call(input);
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => op_linalg_eigvalsh.Call(input, UPLO.ToString());
        public static Tensor householder_product(Tensor A, Tensor tau) => op_linalg_householder_product.Call(A, tau);
        public static Tensor inv(Tensor input) => op_linalg_inv.Call(input);
        public static (Tensor, Tensor, Tensor, Tensor) lstsq(Tensor input, Tensor other) => op_linalg_lstsq.Call4(input, other);
        public static (Tensor, Tensor, Tensor, Tensor) lstsq(Tensor input, Tensor other, double rcond) => op_linalg_lstsq.Call4(input, other, rcond);
        public static (Tensor, Tensor, Tensor) lu(Tensor input, bool pivot = true) => op_linalg_lu.Call3(input, pivot);
        public static (Tensor, Tensor) lu_factor(Tensor input, bool pivot = true) => op_linalg_lu_factor.Call2(input, pivot);
        public static Tensor matrix_exp(Tensor input) => input.matrix_exp();
        public static Tensor matrix_norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => op_linalg_matrix_norm.Call(input, ord, dims ?? [-2, -1], keepdim);
        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[]? dims = null, bool keepdim = false) => op_linalg_matrix_norm_str_ord.Call(input, ord, dims ?? [-2, -1], keepdim);
        public static Tensor matrix_rank(Tensor input, Tensor atol, Tensor? rtol = null, bool hermitian = false) => op_linalg_matrix_rank_atol_rtol_tensor.Call(input, atol, rtol, hermitian);
        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => op_linalg_matrix_rank_atol_rtol_float.Call(input, atol, rtol, hermitian);
        public static Tensor multi_dot(IList<Tensor> tensors) => op_linalg_multi_dot.Call(Value.Tensors(tensors));
        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => op_linalg_norm.Call(input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) => op_linalg_norm.Call(input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) => op_linalg_norm.Call(input, Value.None, dims, keepdim);
        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) => op_linalg_norm_ord_str.Call(input, ord, dims, keepdim);
        public static Tensor pinv(Tensor input, Tensor atol, Tensor? rtol = null, bool hermitian = false) => op_linalg_pinv_atol_rtol_tensor.Call(input, atol, rtol, hermitian);
        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => op_linalg_pinv_atol_rtol_float.Call(input, atol, rtol, hermitian);
        public static (Tensor, Tensor) qr(Tensor input, QRMode mode = QRMode.Reduced) => op_linalg_qr.Call2(input, mode switch { QRMode.Complete => "complete", QRMode.R => "r", _ => "reduced" });
        public static (Tensor, Tensor) slogdet(Tensor input) => op_linalg_slogdet.Call2(input);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => op_linalg_solve.Call(A, B, left);
        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor? @out = null) => @out is null ? op_linalg_solve_triangular.Call(A, B, upper, left, unitriangular) : op_linalg_solve_triangular_out.Into(@out, A, B, upper, left, unitriangular, @out);
        public static (Tensor, Tensor, Tensor) svd(Tensor input, bool fullMatrices = true) => op_linalg_svd.Call3(input, fullMatrices);
        public static Tensor svdvals(Tensor input) => op_linalg_svdvals.Call(input);
        public static Tensor tensorinv(Tensor input, long ind) => op_linalg_tensorinv.Call(input, ind);
        public static Tensor vander(Tensor input, long? N = null) => op_linalg_vander.Call(input, N);
        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1, Tensor? @out = null) => @out is null ? op_linalg_vecdot.Call(x, y, dim) : op_linalg_vecdot_out.Into(@out, x, y, dim, @out);
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) => op_linalg_vector_norm.Call(input, ord, dims, keepdim);
    }
}
