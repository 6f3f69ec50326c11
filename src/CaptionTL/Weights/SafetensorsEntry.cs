namespace CaptionTL.Weights;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="DType">Element type; little-endian.</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file's tensor data.</param>
/// <param name="Length">Bytes.</param>
public sealed record SafetensorsEntry(string Name, TensorDType DType, long[] Shape, long Offset, long Length) : TensorEntry(Name, DType, Shape, Length);
