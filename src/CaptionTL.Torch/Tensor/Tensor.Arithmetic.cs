using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Arithmetic between tensors of shapes that broadcast, and with numbers. A trailing underscore works in place.
    public partial class Tensor
    {
        private static readonly Op
            op_add_Scalar = new("add", "Scalar"), op_add_Tensor = new("add", "Tensor"), op_add__Scalar = new("add_", "Scalar"),
            op_add__Tensor = new("add_", "Tensor"), op_addcdiv = new("addcdiv"), op_addcdiv_ = new("addcdiv_"), op_addcmul = new("addcmul"),
            op_addcmul_ = new("addcmul_"), op_arctan2 = new("arctan2"), op_arctan2_ = new("arctan2_"), op_atan2 = new("atan2"), op_atan2_ = new("atan2_"),
            op_copysign_Tensor = new("copysign", "Tensor"), op_copysign__Tensor = new("copysign_", "Tensor"), op_div_Scalar_mode = new("div", "Scalar_mode"),
            op_div_Scalar = new("div", "Scalar"), op_div_Tensor_mode = new("div", "Tensor_mode"), op_div_Tensor = new("div", "Tensor"),
            op_div__Scalar_mode = new("div_", "Scalar_mode"), op_div__Scalar = new("div_", "Scalar"), op_div__Tensor_mode = new("div_", "Tensor_mode"),
            op_div__Tensor = new("div_", "Tensor"), op_float_power_Tensor_Tensor = new("float_power", "Tensor_Tensor"),
            op_float_power__Tensor = new("float_power_", "Tensor"), op_floor_divide_Scalar = new("floor_divide", "Scalar"), op_floor_divide = new("floor_divide"),
            op_floor_divide__Scalar = new("floor_divide_", "Scalar"), op_floor_divide__Tensor = new("floor_divide_", "Tensor"), op_fmax = new("fmax"),
            op_fmin = new("fmin"), op_fmod_Scalar = new("fmod", "Scalar"), op_fmod_Tensor = new("fmod", "Tensor"), op_fmod__Scalar = new("fmod_", "Scalar"),
            op_fmod__Tensor = new("fmod_", "Tensor"), op_gcd = new("gcd"), op_gcd_ = new("gcd_"), op_heaviside = new("heaviside"), op_heaviside_ = new("heaviside_"),
            op_hypot = new("hypot"), op_lcm = new("lcm"), op_lcm_ = new("lcm_"), op_ldexp_Tensor = new("ldexp", "Tensor"), op_ldexp_ = new("ldexp_"),
            op_lerp_Tensor = new("lerp", "Tensor"), op_lerp__Tensor = new("lerp_", "Tensor"), op_logaddexp = new("logaddexp"), op_logaddexp2 = new("logaddexp2"),
            op_maximum = new("maximum"), op_minimum = new("minimum"), op_mul_Scalar = new("mul", "Scalar"), op_mul_Tensor = new("mul", "Tensor"),
            op_mul__Scalar = new("mul_", "Scalar"), op_mul__Tensor = new("mul_", "Tensor"), op_multiply_Scalar = new("multiply", "Scalar"),
            op_multiply_Tensor = new("multiply", "Tensor"), op_neg = new("neg"), op_neg_ = new("neg_"), op_nextafter = new("nextafter"),
            op_nextafter_ = new("nextafter_"), op_positive = new("positive"), op_pow_Tensor_Scalar = new("pow", "Tensor_Scalar"),
            op_pow_Tensor_Tensor = new("pow", "Tensor_Tensor"), op_pow__Scalar = new("pow_", "Scalar"), op_pow__Tensor = new("pow_", "Tensor"),
            op_remainder_Scalar = new("remainder", "Scalar"), op_remainder_Tensor = new("remainder", "Tensor"), op_remainder__Scalar = new("remainder_", "Scalar"),
            op_remainder__Tensor = new("remainder_", "Tensor"), op_sub_Scalar = new("sub", "Scalar"), op_sub_Tensor = new("sub", "Tensor"),
            op_sub__Scalar = new("sub_", "Scalar"), op_sub__Tensor = new("sub_", "Tensor"), op_subtract_Scalar = new("subtract", "Scalar"),
            op_subtract_Tensor = new("subtract", "Tensor"), op_subtract__Scalar = new("subtract_", "Scalar"), op_subtract__Tensor = new("subtract_", "Tensor"),
            op_true_divide_Scalar = new("true_divide", "Scalar"), op_true_divide_Tensor = new("true_divide", "Tensor"),
            op_true_divide__Scalar = new("true_divide_", "Scalar"), op_true_divide__Tensor = new("true_divide_", "Tensor"),
            op_xlogy_Scalar_Other = new("xlogy", "Scalar_Other"), op_xlogy_Tensor = new("xlogy", "Tensor"), op_xlogy__Scalar_Other = new("xlogy_", "Scalar_Other"),
            op_xlogy__Tensor = new("xlogy_", "Tensor");

        public Tensor add(Scalar scalar) => op_add_Scalar.Call(this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => op_add_Scalar.Call(this, scalar, alpha);
        public Tensor add(Tensor target) => op_add_Tensor.Call(this, target);
        public Tensor add(Tensor target, Scalar alpha) => op_add_Tensor.Call(this, target, alpha);
        public Tensor add_(Scalar scalar) => op_add__Scalar.InPlace(this, scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => op_add__Scalar.InPlace(this, scalar, alpha);
        public Tensor add_(Tensor target) => op_add__Tensor.InPlace(this, target);
        public Tensor add_(Tensor target, Scalar alpha) => op_add__Tensor.InPlace(this, target, alpha);
        public Tensor sub(Scalar target) => op_sub_Scalar.Call(this, target);
        public Tensor sub(Tensor target) => op_sub_Tensor.Call(this, target);
        public Tensor sub_(Scalar target) => op_sub__Scalar.InPlace(this, target);
        public Tensor sub_(Tensor target) => op_sub__Tensor.InPlace(this, target);
        public Tensor subtract(Scalar target) => op_subtract_Scalar.Call(this, target);
        public Tensor subtract(Tensor target) => op_subtract_Tensor.Call(this, target);
        public Tensor subtract_(Scalar target) => op_subtract__Scalar.InPlace(this, target);
        public Tensor subtract_(Tensor target) => op_subtract__Tensor.InPlace(this, target);
        public Tensor mul(Scalar target) => op_mul_Scalar.Call(this, target);
        public Tensor mul(Tensor target) => op_mul_Tensor.Call(this, target);
        public Tensor mul_(Scalar target) => op_mul__Scalar.InPlace(this, target);
        public Tensor mul_(Tensor target) => op_mul__Tensor.InPlace(this, target);
        public Tensor multiply(Scalar target) => op_multiply_Scalar.Call(this, target);
        public Tensor multiply(Tensor target) => op_multiply_Tensor.Call(this, target);
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div_Scalar.Call(this, target) : op_div_Scalar_mode.Call(this, target, Mode(rounding_mode));
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div_Tensor.Call(this, target) : op_div_Tensor_mode.Call(this, target, Mode(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div__Scalar.InPlace(this, target) : op_div__Scalar_mode.InPlace(this, target, Mode(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div__Tensor.InPlace(this, target) : op_div__Tensor_mode.InPlace(this, target, Mode(rounding_mode));
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div_Scalar.Call(this, target) : op_div_Scalar_mode.Call(this, target, Mode(rounding_mode));
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div_Tensor.Call(this, target) : op_div_Tensor_mode.Call(this, target, Mode(rounding_mode));
        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div__Scalar.InPlace(this, target) : op_div__Scalar_mode.InPlace(this, target, Mode(rounding_mode));
        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? op_div__Tensor.InPlace(this, target) : op_div__Tensor_mode.InPlace(this, target, Mode(rounding_mode));
        public Tensor true_divide(Scalar other) => op_true_divide_Scalar.Call(this, other);
        public Tensor true_divide(Tensor other) => op_true_divide_Tensor.Call(this, other);
        public Tensor true_divide_(Scalar other) => op_true_divide__Scalar.InPlace(this, other);
        public Tensor true_divide_(Tensor other) => op_true_divide__Tensor.InPlace(this, other);
        public Tensor floor_divide(Scalar other) => op_floor_divide_Scalar.Call(this, other);
        public Tensor floor_divide(Tensor other) => op_floor_divide.Call(this, other);
        public Tensor floor_divide_(Scalar other) => op_floor_divide__Scalar.InPlace(this, other);
        public Tensor floor_divide_(Tensor other) => op_floor_divide__Tensor.InPlace(this, other);
        public Tensor fmod(Scalar scalar) => op_fmod_Scalar.Call(this, scalar);
        public Tensor fmod(Tensor target) => op_fmod_Tensor.Call(this, target);
        public Tensor fmod_(Scalar scalar) => op_fmod__Scalar.InPlace(this, scalar);
        public Tensor fmod_(Tensor target) => op_fmod__Tensor.InPlace(this, target);
        public Tensor remainder(Scalar scalar) => op_remainder_Scalar.Call(this, scalar);
        public Tensor remainder(Tensor target) => op_remainder_Tensor.Call(this, target);
        public Tensor remainder_(Scalar scalar) => op_remainder__Scalar.InPlace(this, scalar);
        public Tensor remainder_(Tensor target) => op_remainder__Tensor.InPlace(this, target);
        public Tensor pow(Scalar exponent) => op_pow_Tensor_Scalar.Call(this, exponent);
        public Tensor pow(Tensor exponent) => op_pow_Tensor_Tensor.Call(this, exponent);
        public Tensor pow_(Scalar exponent) => op_pow__Scalar.InPlace(this, exponent);
        public Tensor pow_(Tensor exponent) => op_pow__Tensor.InPlace(this, exponent);
        public Tensor float_power(Tensor target) => op_float_power_Tensor_Tensor.Call(this, target);
        public Tensor float_power_(Tensor target) => op_float_power__Tensor.InPlace(this, target);
        public Tensor neg() => op_neg.Call(this);
        public Tensor neg_() => op_neg_.InPlace(this);
        public Tensor negative() => neg();
        public Tensor positive() => op_positive.Call(this);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => op_addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => op_addcmul_.InPlace(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => op_addcdiv.Call(this, tensor1, tensor2);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => op_addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => op_addcdiv_.InPlace(this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => op_addcdiv_.InPlace(this, tensor1, tensor2, value);
        public Tensor lerp(Tensor end, Tensor weight) => op_lerp_Tensor.Call(this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => op_lerp__Tensor.InPlace(this, end, weight);
        public Tensor maximum(Tensor other) => op_maximum.Call(this, other);
        public Tensor minimum(Tensor other) => op_minimum.Call(this, other);
        public Tensor fmax(Tensor other) => op_fmax.Call(this, other);
        public Tensor fmin(Tensor other) => op_fmin.Call(this, other);
        public Tensor atan2(Tensor other) => op_atan2.Call(this, other);
        public Tensor atan2_(Tensor other) => op_atan2_.InPlace(this, other);
        public Tensor copysign(Tensor other) => op_copysign_Tensor.Call(this, other);
        public Tensor copysign_(Tensor other) => op_copysign__Tensor.InPlace(this, other);
        public Tensor logaddexp(Tensor other) => op_logaddexp.Call(this, other);
        public Tensor logaddexp2(Tensor other) => op_logaddexp2.Call(this, other);
        public Tensor xlogy(Scalar y) => op_xlogy_Scalar_Other.Call(this, y);
        public Tensor xlogy(Tensor y) => op_xlogy_Tensor.Call(this, y);
        public Tensor xlogy_(Scalar y) => op_xlogy__Scalar_Other.InPlace(this, y);
        public Tensor xlogy_(Tensor y) => op_xlogy__Tensor.InPlace(this, y);
        public Tensor hypot(Tensor other) => op_hypot.Call(this, other);
        public Tensor gcd(Tensor other) => op_gcd.Call(this, other);
        public Tensor gcd_(Tensor other) => op_gcd_.InPlace(this, other);
        public Tensor lcm(Tensor other) => op_lcm.Call(this, other);
        public Tensor lcm_(Tensor other) => op_lcm_.InPlace(this, other);
        public Tensor heaviside(Tensor other) => op_heaviside.Call(this, other);
        public Tensor heaviside_(Tensor other) => op_heaviside_.InPlace(this, other);
        public Tensor nextafter(Tensor other) => op_nextafter.Call(this, other);
        public Tensor nextafter_(Tensor other) => op_nextafter_.InPlace(this, other);
        public Tensor ldexp(Tensor other) => op_ldexp_Tensor.Call(this, other);
        public Tensor ldexp_(Tensor other) => op_ldexp_.InPlace(this, other);
        public Tensor arctan2(Tensor other) => op_arctan2.Call(this, other);
        public Tensor arctan2_(Tensor other) => op_arctan2_.InPlace(this, other);

        private static string? Mode(RoundingMode mode) => mode switch
        {
            RoundingMode.trunc => "trunc",
            RoundingMode.floor => "floor",
            _ => null,
        };
    }
}
