using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Functions of one number, element by element. A trailing underscore works in place.
    public partial class Tensor
    {
        private static readonly Op
            op_abs = new("abs"), op_abs_ = new("abs_"), op_absolute = new("absolute"), op_absolute_ = new("absolute_"), op_acos = new("acos"),
            op_acos_ = new("acos_"), op_acosh = new("acosh"), op_acosh_ = new("acosh_"), op_angle = new("angle"), op_arccos = new("arccos"),
            op_arccos_ = new("arccos_"), op_arccosh = new("arccosh"), op_arccosh_ = new("arccosh_"), op_arcsin = new("arcsin"), op_arcsin_ = new("arcsin_"),
            op_arcsinh = new("arcsinh"), op_arcsinh_ = new("arcsinh_"), op_arctan = new("arctan"), op_arctan_ = new("arctan_"), op_arctanh = new("arctanh"),
            op_arctanh_ = new("arctanh_"), op_asin = new("asin"), op_asin_ = new("asin_"), op_asinh = new("asinh"), op_asinh_ = new("asinh_"), op_atan = new("atan"),
            op_atan_ = new("atan_"), op_atanh = new("atanh"), op_atanh_ = new("atanh_"), op_ceil = new("ceil"), op_ceil_ = new("ceil_"), op_clamp = new("clamp"),
            op_clamp_Tensor = new("clamp", "Tensor"), op_clamp_ = new("clamp_"), op_clamp__Tensor = new("clamp_", "Tensor"), op_clamp_max = new("clamp_max"),
            op_clamp_max_ = new("clamp_max_"), op_clamp_min = new("clamp_min"), op_clamp_min_ = new("clamp_min_"), op_conj = new("conj"),
            op_conj_physical = new("conj_physical"), op_conj_physical_ = new("conj_physical_"), op_cos = new("cos"), op_cos_ = new("cos_"), op_cosh = new("cosh"),
            op_cosh_ = new("cosh_"), op_deg2rad = new("deg2rad"), op_deg2rad_ = new("deg2rad_"), op_digamma = new("digamma"), op_digamma_ = new("digamma_"),
            op_erf = new("erf"), op_erf_ = new("erf_"), op_erfc = new("erfc"), op_erfc_ = new("erfc_"), op_erfinv = new("erfinv"), op_erfinv_ = new("erfinv_"),
            op_exp = new("exp"), op_exp2 = new("exp2"), op_exp2_ = new("exp2_"), op_exp_ = new("exp_"), op_expm1 = new("expm1"), op_expm1_ = new("expm1_"),
            op_fix = new("fix"), op_fix_ = new("fix_"), op_floor = new("floor"), op_floor_ = new("floor_"), op_frac = new("frac"), op_frac_ = new("frac_"),
            op_i0 = new("i0"), op_i0_ = new("i0_"), op_igamma = new("igamma"), op_igammac = new("igammac"), op_lgamma = new("lgamma"), op_lgamma_ = new("lgamma_"),
            op_log = new("log"), op_log10 = new("log10"), op_log10_ = new("log10_"), op_log1p = new("log1p"), op_log1p_ = new("log1p_"), op_log2 = new("log2"),
            op_log2_ = new("log2_"), op_log_ = new("log_"), op_mvlgamma = new("mvlgamma"), op_mvlgamma_ = new("mvlgamma_"), op_nan_to_num = new("nan_to_num"),
            op_nan_to_num_ = new("nan_to_num_"), op_polygamma = new("polygamma"), op_polygamma_ = new("polygamma_"), op_rad2deg = new("rad2deg"),
            op_rad2deg_ = new("rad2deg_"), op_reciprocal = new("reciprocal"), op_reciprocal_ = new("reciprocal_"), op_resolve_conj = new("resolve_conj"),
            op_resolve_neg = new("resolve_neg"), op_round = new("round"), op_round_decimals = new("round", "decimals"), op_round_ = new("round_"),
            op_round__decimals = new("round_", "decimals"), op_rsqrt = new("rsqrt"), op_rsqrt_ = new("rsqrt_"), op_sgn = new("sgn"), op_sgn_ = new("sgn_"),
            op_sign = new("sign"), op_sign_ = new("sign_"), op_sin = new("sin"), op_sin_ = new("sin_"), op_sinc = new("sinc"), op_sinc_ = new("sinc_"),
            op_sinh = new("sinh"), op_sinh_ = new("sinh_"), op_sqrt = new("sqrt"), op_sqrt_ = new("sqrt_"), op_square = new("square"), op_tan = new("tan"),
            op_tan_ = new("tan_"), op_trunc = new("trunc"), op_trunc_ = new("trunc_"), op_real = new("real"), op_imag = new("imag");

        public Tensor abs() => op_abs.Call(this);
        public Tensor abs_() => op_abs_.InPlace(this);
        public Tensor absolute() => op_absolute.Call(this);
        public Tensor absolute_() => op_absolute_.InPlace(this);
        public Tensor acos() => op_acos.Call(this);
        public Tensor acos_() => op_acos_.InPlace(this);
        public Tensor acosh() => op_acosh.Call(this);
        public Tensor acosh_() => op_acosh_.InPlace(this);
        public Tensor angle() => op_angle.Call(this);
        public Tensor arccos() => op_arccos.Call(this);
        public Tensor arccos_() => op_arccos_.InPlace(this);
        public Tensor arccosh() => op_arccosh.Call(this);
        public Tensor arccosh_() => op_arccosh_.InPlace(this);
        public Tensor arcsin() => op_arcsin.Call(this);
        public Tensor arcsin_() => op_arcsin_.InPlace(this);
        public Tensor arcsinh() => op_arcsinh.Call(this);
        public Tensor arcsinh_() => op_arcsinh_.InPlace(this);
        public Tensor arctan() => op_arctan.Call(this);
        public Tensor arctan_() => op_arctan_.InPlace(this);
        public Tensor arctanh() => op_arctanh.Call(this);
        public Tensor arctanh_() => op_arctanh_.InPlace(this);
        public Tensor asin() => op_asin.Call(this);
        public Tensor asin_() => op_asin_.InPlace(this);
        public Tensor asinh() => op_asinh.Call(this);
        public Tensor asinh_() => op_asinh_.InPlace(this);
        public Tensor atan() => op_atan.Call(this);
        public Tensor atan_() => op_atan_.InPlace(this);
        public Tensor atanh() => op_atanh.Call(this);
        public Tensor atanh_() => op_atanh_.InPlace(this);
        public Tensor ceil() => op_ceil.Call(this);
        public Tensor ceil_() => op_ceil_.InPlace(this);
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => op_clamp.Call(this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => op_clamp_Tensor.Call(this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => op_clamp_.InPlace(this, min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => op_clamp__Tensor.InPlace(this, min, max);
        public Tensor clamp_max(Scalar max) => op_clamp_max.Call(this, max);
        public Tensor clamp_max_(Scalar max) => op_clamp_max_.InPlace(this, max);
        public Tensor clamp_min(Scalar min) => op_clamp_min.Call(this, min);
        public Tensor clamp_min_(Scalar min) => op_clamp_min_.InPlace(this, min);
        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);
        public Tensor conj() => op_conj.Call(this);
        public Tensor conj_physical() => op_conj_physical.Call(this);
        public Tensor conj_physical_() => op_conj_physical_.InPlace(this);
        public Tensor cos() => op_cos.Call(this);
        public Tensor cos_() => op_cos_.InPlace(this);
        public Tensor cosh() => op_cosh.Call(this);
        public Tensor cosh_() => op_cosh_.InPlace(this);
        public Tensor deg2rad() => op_deg2rad.Call(this);
        public Tensor deg2rad_() => op_deg2rad_.InPlace(this);
        public Tensor digamma() => op_digamma.Call(this);
        public Tensor digamma_() => op_digamma_.InPlace(this);
        public Tensor erf() => op_erf.Call(this);
        public Tensor erf_() => op_erf_.InPlace(this);
        public Tensor erfc() => op_erfc.Call(this);
        public Tensor erfc_() => op_erfc_.InPlace(this);
        public Tensor erfinv() => op_erfinv.Call(this);
        public Tensor erfinv_() => op_erfinv_.InPlace(this);
        public Tensor exp() => op_exp.Call(this);
        public Tensor exp_() => op_exp_.InPlace(this);
        public Tensor exp2() => op_exp2.Call(this);
        public Tensor exp2_() => op_exp2_.InPlace(this);
        public Tensor expm1() => op_expm1.Call(this);
        public Tensor expm1_() => op_expm1_.InPlace(this);
        public Tensor fix() => op_fix.Call(this);
        public Tensor fix_() => op_fix_.InPlace(this);
        public Tensor floor() => op_floor.Call(this);
        public Tensor floor_() => op_floor_.InPlace(this);
        public Tensor frac() => op_frac.Call(this);
        public Tensor frac_() => op_frac_.InPlace(this);
        public Tensor i0() => op_i0.Call(this);
        public Tensor i0_() => op_i0_.InPlace(this);
        public Tensor igamma(Tensor other) => op_igamma.Call(this, other);
        public Tensor igammac(Tensor other) => op_igammac.Call(this, other);
        public Tensor lgamma() => op_lgamma.Call(this);
        public Tensor lgamma_() => op_lgamma_.InPlace(this);
        public Tensor log() => op_log.Call(this);
        public Tensor log_() => op_log_.InPlace(this);
        public Tensor log10() => op_log10.Call(this);
        public Tensor log10_() => op_log10_.InPlace(this);
        public Tensor log1p() => op_log1p.Call(this);
        public Tensor log1p_() => op_log1p_.InPlace(this);
        public Tensor log2() => op_log2.Call(this);
        public Tensor log2_() => op_log2_.InPlace(this);
        public Tensor mvlgamma(long p) => op_mvlgamma.Call(this, p);
        public Tensor mvlgamma_(long p) => op_mvlgamma_.InPlace(this, p);
        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => op_nan_to_num.Call(this, nan, posinf, neginf);
        public Tensor nan_to_num_(double nan = 0, double? posinf = null, double? neginf = null) => op_nan_to_num_.InPlace(this, nan, posinf, neginf);
        public Tensor polygamma(long p) => op_polygamma.Call(p, this);
        public Tensor polygamma_(long p) => op_polygamma_.InPlace(this, p);
        public Tensor rad2deg() => op_rad2deg.Call(this);
        public Tensor rad2deg_() => op_rad2deg_.InPlace(this);
        public Tensor reciprocal() => op_reciprocal.Call(this);
        public Tensor reciprocal_() => op_reciprocal_.InPlace(this);
        public Tensor resolve_conj() => op_resolve_conj.Call(this);
        public Tensor resolve_neg() => op_resolve_neg.Call(this);
        public Tensor round(long decimals = 0) => decimals == 0 ? op_round.Call(this) : op_round_decimals.Call(this, decimals);
        public Tensor round_(long decimals = 0) => decimals == 0 ? op_round_.InPlace(this) : op_round__decimals.InPlace(this, decimals);
        public Tensor rsqrt() => op_rsqrt.Call(this);
        public Tensor rsqrt_() => op_rsqrt_.InPlace(this);
        public Tensor sgn() => op_sgn.Call(this);
        public Tensor sgn_() => op_sgn_.InPlace(this);
        public Tensor sign() => op_sign.Call(this);
        public Tensor sign_() => op_sign_.InPlace(this);
        public Tensor sin() => op_sin.Call(this);
        public Tensor sin_() => op_sin_.InPlace(this);
        public Tensor sinc() => op_sinc.Call(this);
        public Tensor sinc_() => op_sinc_.InPlace(this);
        public Tensor sinh() => op_sinh.Call(this);
        public Tensor sinh_() => op_sinh_.InPlace(this);
        public Tensor sqrt() => op_sqrt.Call(this);
        public Tensor sqrt_() => op_sqrt_.InPlace(this);
        public Tensor square() => op_square.Call(this);
        public Tensor tan() => op_tan.Call(this);
        public Tensor tan_() => op_tan_.InPlace(this);
        public Tensor trunc() => op_trunc.Call(this);
        public Tensor trunc_() => op_trunc_.InPlace(this);

        public Tensor real => op_real.Call(this);
        public Tensor imag => op_imag.Call(this);
    }
}
