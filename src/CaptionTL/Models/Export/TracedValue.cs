using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>A tensor that a traced computation works with.</summary>
/// <param name="Shape">As it was in this trace.</param>
/// <param name="Type">Of its elements.</param>
/// <param name="Constant">The tensor itself where it does not depend on the inputs; null otherwise.</param>
internal sealed record TracedValue(long[] Shape, ScalarType Type, Tensor? Constant = null)
{
    /// <summary>Its sizes where they are the same for any number of pictures, −1 where they are not; known once two traces are compared.</summary>
    public long[] Sizes { get; set; } = Shape;

    public int Rank => Shape.Length;

    // Two values of one shape are two values.
    public bool Equals(TracedValue? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
