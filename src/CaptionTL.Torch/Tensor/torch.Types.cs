using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Questions about tensors and element types.
    private static readonly Op
        op_promote_types = new("promote_types"), op_result_type_Tensor = new("result_type", "Tensor"), op_can_cast = new("can_cast");

    public static Tensor BoolTensor(Tensor t) => t.to(ScalarType.Bool);
    public static Tensor ByteTensor(Tensor t) => t.to(ScalarType.Byte);
    public static Tensor DoubleTensor(Tensor t) => t.to(ScalarType.Float64);
    public static Tensor FloatTensor(Tensor t) => t.to(ScalarType.Float32);
    public static Tensor IntTensor(Tensor t) => t.to(ScalarType.Int32);
    public static Tensor LongTensor(Tensor t) => t.to(ScalarType.Int64);
    public static Tensor ShortTensor(Tensor t) => t.to(ScalarType.Int16);
    public static bool can_cast(ScalarType from, ScalarType to) => op_can_cast.CallBool(from, to);
    public static bool is_complex(Tensor input) => input.is_complex();
    public static bool is_conj(Tensor input) => input.is_conj();
    public static bool is_floating_point(Tensor input) => input.is_floating_point();
    public static bool is_integral(Tensor t) => t.is_integral();
    public static bool is_nonzero(Tensor input) => input.is_nonzero();
    public static bool is_tensor(object obj) => obj is Tensor;
    public static long numel(Tensor input) => input.numel();
    public static ScalarType promote_types(ScalarType type1, ScalarType type2) => (ScalarType)op_promote_types.CallLong(type1, type2);
    public static ScalarType result_type(Tensor tensor1, Tensor tensor2) => (ScalarType)op_result_type_Tensor.CallLong(tensor1, tensor2);
}
