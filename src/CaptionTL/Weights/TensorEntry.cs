namespace CaptionTL.Weights;

/// <summary>One tensor of a weight file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
/// <param name="Length">Bytes of its elements, row-major without gaps, however the file stores them.</param>
public record TensorEntry(string Name, TensorDType DType, long[] Shape, long Length)
{
    /// <summary>Number of elements.</summary>
    public long Count => Length / DType.Size();
}
