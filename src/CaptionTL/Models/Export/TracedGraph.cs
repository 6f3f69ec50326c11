namespace CaptionTL.Models.Export;

/// <summary>A computation as a list of operators.</summary>
/// <param name="Inputs">What goes in.</param>
/// <param name="Calls">In the order in which they were carried out.</param>
/// <param name="Outputs">What comes out.</param>
/// <param name="Constants">Weights and what was computed from them; disposed with the graph.</param>
internal sealed record TracedGraph(
    IReadOnlyList<TracedValue> Inputs, IReadOnlyList<TracedCall> Calls, IReadOnlyList<TracedValue> Outputs, IReadOnlyList<TracedValue> Constants) : IDisposable
{
    /// <summary>
    /// This trace, in which every size is marked that another trace, of another number of pictures, does not share.
    /// </summary>
    /// <exception cref="CaptionTLException">The two did not call the same operators: what is computed depends on the number of pictures.</exception>
    public TracedGraph Compare(TracedGraph other)
    {
        if (!Calls.Select(c => c.Operator).SequenceEqual(other.Calls.Select(c => c.Operator)))
            throw new CaptionTLException("What this network computes depends on the number of pictures, so it cannot be written as one ONNX graph.", isInput: false);
        foreach (var (a, b) in Inputs.Zip(other.Inputs)) Mark(a, b);
        foreach (var (a, b) in Calls.Zip(other.Calls))
            foreach (var (x, y) in a.Results.Zip(b.Results)) Mark(x, y);
        return this;
    }

    public void Dispose()
    {
        foreach (var constant in Constants) constant.Constant!.Dispose();
    }

    private static void Mark(TracedValue value, TracedValue other) => value.Sizes = [.. value.Shape.Zip(other.Shape, (a, b) => a == b ? a : -1)];
}
