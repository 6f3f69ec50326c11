using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Comparisons, logic and bits, element by element.
    public partial class Tensor
    {
        private static readonly Op
            op_all = new("all"), op_all_dim = new("all", "dim"), op_any = new("any"), op_any_dim = new("any", "dim"),
            op_bitwise_and_Tensor = new("bitwise_and", "Tensor"), op_bitwise_and__Tensor = new("bitwise_and_", "Tensor"),
            op_bitwise_left_shift_Tensor = new("bitwise_left_shift", "Tensor"), op_bitwise_left_shift__Tensor = new("bitwise_left_shift_", "Tensor"),
            op_bitwise_not = new("bitwise_not"), op_bitwise_not_ = new("bitwise_not_"), op_bitwise_or_Tensor = new("bitwise_or", "Tensor"),
            op_bitwise_or__Tensor = new("bitwise_or_", "Tensor"), op_bitwise_right_shift_Tensor = new("bitwise_right_shift", "Tensor"),
            op_bitwise_right_shift__Tensor = new("bitwise_right_shift_", "Tensor"), op_bitwise_xor_Tensor = new("bitwise_xor", "Tensor"),
            op_bitwise_xor__Tensor = new("bitwise_xor_", "Tensor"), op_eq_Scalar = new("eq", "Scalar"), op_eq_Tensor = new("eq", "Tensor"),
            op_eq__Scalar = new("eq_", "Scalar"), op_eq__Tensor = new("eq_", "Tensor"), op_ge_Scalar = new("ge", "Scalar"), op_ge_Tensor = new("ge", "Tensor"),
            op_ge__Scalar = new("ge_", "Scalar"), op_ge__Tensor = new("ge_", "Tensor"), op_greater_Tensor = new("greater", "Tensor"),
            op_greater_equal_Tensor = new("greater_equal", "Tensor"), op_gt_Scalar = new("gt", "Scalar"), op_gt_Tensor = new("gt", "Tensor"),
            op_gt__Scalar = new("gt_", "Scalar"), op_gt__Tensor = new("gt_", "Tensor"), op_isclose = new("isclose"), op_isfinite = new("isfinite"),
            op_isin_Tensor_Tensor = new("isin", "Tensor_Tensor"), op_isinf = new("isinf"), op_isnan = new("isnan"), op_isneginf = new("isneginf"),
            op_isposinf = new("isposinf"), op_isreal = new("isreal"), op_le_Scalar = new("le", "Scalar"), op_le_Tensor = new("le", "Tensor"),
            op_le__Scalar = new("le_", "Scalar"), op_le__Tensor = new("le_", "Tensor"), op_less_Tensor = new("less", "Tensor"),
            op_less_equal_Tensor = new("less_equal", "Tensor"), op_logical_and = new("logical_and"), op_logical_and_ = new("logical_and_"),
            op_logical_not = new("logical_not"), op_logical_not_ = new("logical_not_"), op_logical_or = new("logical_or"), op_logical_or_ = new("logical_or_"),
            op_logical_xor = new("logical_xor"), op_logical_xor_ = new("logical_xor_"), op_lt_Scalar = new("lt", "Scalar"), op_lt_Tensor = new("lt", "Tensor"),
            op_lt__Scalar = new("lt_", "Scalar"), op_lt__Tensor = new("lt_", "Tensor"), op_masked_fill_Scalar = new("masked_fill", "Scalar"),
            op_masked_fill__Scalar = new("masked_fill_", "Scalar"), op_ne_Scalar = new("ne", "Scalar"), op_ne_Tensor = new("ne", "Tensor"),
            op_ne__Scalar = new("ne_", "Scalar"), op_ne__Tensor = new("ne_", "Tensor"), op_not_equal_Tensor = new("not_equal", "Tensor"),
            op_signbit = new("signbit"), op_where_self = new("where", "self"), op_allclose = new("allclose");

        public Tensor eq(Scalar target) => op_eq_Scalar.Call(this, target);
        public Tensor eq(Tensor target) => op_eq_Tensor.Call(this, target);
        public Tensor eq_(Scalar target) => op_eq__Scalar.InPlace(this, target);
        public Tensor eq_(Tensor target) => op_eq__Tensor.InPlace(this, target);
        public Tensor ne(Scalar target) => op_ne_Scalar.Call(this, target);
        public Tensor ne(Tensor target) => op_ne_Tensor.Call(this, target);
        public Tensor ne_(Scalar target) => op_ne__Scalar.InPlace(this, target);
        public Tensor ne_(Tensor target) => op_ne__Tensor.InPlace(this, target);
        public Tensor lt(Scalar target) => op_lt_Scalar.Call(this, target);
        public Tensor lt(Tensor target) => op_lt_Tensor.Call(this, target);
        public Tensor lt_(Scalar target) => op_lt__Scalar.InPlace(this, target);
        public Tensor lt_(Tensor target) => op_lt__Tensor.InPlace(this, target);
        public Tensor le(Scalar target) => op_le_Scalar.Call(this, target);
        public Tensor le(Tensor target) => op_le_Tensor.Call(this, target);
        public Tensor le_(Scalar target) => op_le__Scalar.InPlace(this, target);
        public Tensor le_(Tensor target) => op_le__Tensor.InPlace(this, target);
        public Tensor gt(Scalar target) => op_gt_Scalar.Call(this, target);
        public Tensor gt(Tensor target) => op_gt_Tensor.Call(this, target);
        public Tensor gt_(Scalar target) => op_gt__Scalar.InPlace(this, target);
        public Tensor gt_(Tensor target) => op_gt__Tensor.InPlace(this, target);
        public Tensor ge(Scalar target) => op_ge_Scalar.Call(this, target);
        public Tensor ge(Tensor target) => op_ge_Tensor.Call(this, target);
        public Tensor ge_(Scalar target) => op_ge__Scalar.InPlace(this, target);
        public Tensor ge_(Tensor target) => op_ge__Tensor.InPlace(this, target);
        public Tensor less(Tensor target) => op_less_Tensor.Call(this, target);
        public Tensor less_equal(Tensor target) => op_less_equal_Tensor.Call(this, target);
        public Tensor less_equal_(Tensor target) => op_le__Tensor.InPlace(this, target);
        public Tensor greater(Tensor target) => op_greater_Tensor.Call(this, target);
        public Tensor greater_equal(Tensor target) => op_greater_equal_Tensor.Call(this, target);
        public Tensor not_equal(Tensor target) => op_not_equal_Tensor.Call(this, target);
        public Tensor not_equal_(Tensor target) => op_ne__Tensor.InPlace(this, target);
        public Tensor equal(Tensor target) => eq(target);
        public Tensor isclose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool nanEqual = false) => op_isclose.Call(this, other, rtol, atol, nanEqual);
        public bool allclose(Tensor target, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) => op_allclose.CallBool(this, target, rtol, atol, equal_nan);
        public Tensor isnan() => op_isnan.Call(this);
        public Tensor isinf() => op_isinf.Call(this);
        public Tensor isfinite() => op_isfinite.Call(this);
        public Tensor isneginf() => op_isneginf.Call(this);
        public Tensor isposinf() => op_isposinf.Call(this);
        public Tensor isreal() => op_isreal.Call(this);
        public Tensor isin(Tensor test_elements, bool assumeUnique = false, bool invert = false) => op_isin_Tensor_Tensor.Call(this, test_elements, assumeUnique, invert);
        public Tensor logical_and(Tensor other) => op_logical_and.Call(this, other);
        public Tensor logical_and_(Tensor other) => op_logical_and_.InPlace(this, other);
        public Tensor logical_or(Tensor other) => op_logical_or.Call(this, other);
        public Tensor logical_or_(Tensor other) => op_logical_or_.InPlace(this, other);
        public Tensor logical_xor(Tensor other) => op_logical_xor.Call(this, other);
        public Tensor logical_xor_(Tensor other) => op_logical_xor_.InPlace(this, other);
        public Tensor logical_not() => op_logical_not.Call(this);
        public Tensor logical_not_() => op_logical_not_.InPlace(this);
        public Tensor bitwise_and(Tensor other) => op_bitwise_and_Tensor.Call(this, other);
        public Tensor bitwise_and_(Tensor other) => op_bitwise_and__Tensor.InPlace(this, other);
        public Tensor bitwise_or(Tensor other) => op_bitwise_or_Tensor.Call(this, other);
        public Tensor bitwise_or_(Tensor other) => op_bitwise_or__Tensor.InPlace(this, other);
        public Tensor bitwise_xor(Tensor other) => op_bitwise_xor_Tensor.Call(this, other);
        public Tensor bitwise_xor_(Tensor other) => op_bitwise_xor__Tensor.InPlace(this, other);
        public Tensor bitwise_not() => op_bitwise_not.Call(this);
        public Tensor bitwise_not_() => op_bitwise_not_.InPlace(this);
        public Tensor bitwise_left_shift(Tensor other) => op_bitwise_left_shift_Tensor.Call(this, other);
        public Tensor bitwise_left_shift_(Tensor other) => op_bitwise_left_shift__Tensor.InPlace(this, other);
        public Tensor bitwise_right_shift(Tensor other) => op_bitwise_right_shift_Tensor.Call(this, other);
        public Tensor bitwise_right_shift_(Tensor other) => op_bitwise_right_shift__Tensor.InPlace(this, other);
        public Tensor all() => op_all.Call(this);
        public Tensor all(long dim, bool keepdim = false) => op_all_dim.Call(this, dim, keepdim);
        public Tensor any() => op_any.Call(this);
        public Tensor any(long dim, bool keepdim = false) => op_any_dim.Call(this, dim, keepdim);
        public Tensor where(Tensor condition, Tensor y) => op_where_self.Call(condition, this, y);
        public Tensor masked_fill(Tensor mask, Scalar value) => op_masked_fill_Scalar.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => op_masked_fill__Scalar.InPlace(this, mask, value);
        public Tensor signbit() => op_signbit.Call(this);
    }
}
