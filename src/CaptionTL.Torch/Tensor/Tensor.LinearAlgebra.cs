using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Products and matrices; see torch.linalg for more.
    public partial class Tensor
    {
        private static readonly Op
            op_addbmm = new("addbmm"), op_addbmm_ = new("addbmm_"), op_addmm = new("addmm"), op_addmm_ = new("addmm_"), op_addmv = new("addmv"),
            op_addmv_ = new("addmv_"), op_adjoint = new("adjoint"), op_baddbmm = new("baddbmm"), op_bmm = new("bmm"), op_cholesky = new("linalg_cholesky"),
            op_cholesky_inverse = new("cholesky_inverse"), op_cholesky_solve = new("cholesky_solve"), op_det = new("det"), op_dot = new("dot"), op_ger = new("ger"),
            op_inner = new("inner"), op_inverse = new("inverse"), op_kron = new("kron"), op_logdet = new("logdet"), op_matmul = new("matmul"),
            op_matrix_exp = new("matrix_exp"), op_matrix_power = new("matrix_power"), op_mm = new("mm"), op_mv = new("mv"), op_outer = new("outer"),
            op_linalg_pinv = new("linalg_pinv"), op_tensordot = new("tensordot"), op_vdot = new("vdot");

        public Tensor matmul(Tensor target) => op_matmul.Call(this, target);
        public Tensor mm(Tensor target) => op_mm.Call(this, target);
        public Tensor bmm(Tensor batch2) => op_bmm.Call(this, batch2);
        public Tensor mv(Tensor target) => op_mv.Call(this, target);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => op_addmm.Call(this, mat1, mat2, beta, alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => op_addmm_.InPlace(this, mat1, mat2, beta, alpha);
        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => op_addmv.Call(this, mat, vec, beta, alpha);
        public Tensor addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => op_addmv_.InPlace(this, mat, vec, beta, alpha);
        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => op_addbmm.Call(this, batch1, batch2, beta, alpha);
        public Tensor addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => op_addbmm_.InPlace(this, batch1, batch2, beta, alpha);
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => op_baddbmm.Call(this, batch1, batch2, beta, alpha);
        public Tensor dot(Tensor target) => op_dot.Call(this, target);
        public Tensor vdot(Tensor target) => op_vdot.Call(this, target);
        public Tensor outer(Tensor vec2) => op_outer.Call(this, vec2);
        public Tensor inner(Tensor vec2) => op_inner.Call(this, vec2);
        public Tensor tensordot(Tensor b, (long, long)[] dims) => op_tensordot.Call(this, b, Array.ConvertAll(dims, d => d.Item1), Array.ConvertAll(dims, d => d.Item2));
        public Tensor tensordot(Tensor b, long dims = 2) => op_tensordot.Call(this, b, Last(ndim, dims), First(dims));
        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => op_tensordot.Call(this, b, dims1, dims2);
        public Tensor matrix_power(int n) => op_matrix_power.Call(this, n);
        public Tensor matrix_exp() => op_matrix_exp.Call(this);
        public Tensor inverse() => op_inverse.Call(this);
        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) => op_linalg_pinv.Call(this, rcond, hermitian);
        public Tensor det() => op_det.Call(this);
        public Tensor logdet() => op_logdet.Call(this);
        public Tensor cholesky(bool upper = false) => op_cholesky.Call(this, upper);
        public Tensor cholesky_inverse(bool upper = false) => op_cholesky_inverse.Call(this, upper);
        public Tensor cholesky_solve(Tensor input2, bool upper = false) => op_cholesky_solve.Call(this, input2, upper);
        public Tensor adjoint() => op_adjoint.Call(this);
        public Tensor kron(Tensor other) => op_kron.Call(this, other);
        public Tensor ger(Tensor vec2) => op_ger.Call(this, vec2);

        private static long[] First(long count) => Enumerable.Range(0, (int)count).Select(d => (long)d).ToArray();

        private static long[] Last(long dimensions, long count) => Enumerable.Range((int)(dimensions - count), (int)count).Select(d => (long)d).ToArray();
    }
}
