namespace TorchSharp.Interop;

/// <summary>Sees the operators that a thread calls, for instance to write down what a network computes.</summary>
internal interface IOpObserver
{
    /// <param name="name">aten's.</param>
    /// <param name="overload">Empty where there is but one.</param>
    /// <param name="args">As they were passed; what was left out at the end is missing.</param>
    /// <param name="results">Handles of the tensors returned, not to be kept; none for an operator that works in place.</param>
    void Called(string name, string overload, ReadOnlySpan<Value> args, ReadOnlySpan<nint> results);
}
