namespace CaptionTL.Weights;

/// <summary>Element types of stored tensors, by the names safetensors gives them.</summary>
public enum TensorDType { F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, Bool }
