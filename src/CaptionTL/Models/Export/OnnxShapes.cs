namespace CaptionTL.Models.Export;

/// <summary>What changes shapes, and reductions, as ONNX nodes.</summary>
internal static class OnnxShapes
{
    public static IReadOnlyDictionary<string, Action<OnnxGraph, TracedCall>> Operators { get; } = new Dictionary<string, Action<OnnxGraph, TracedCall>>(StringComparer.Ordinal)
    {
        ["view"] = Reshape,
        ["reshape"] = Reshape,
        ["unsqueeze"] = Reshape,
        ["squeeze.dim"] = Reshape,
        ["flatten.using_ints"] = Reshape,
        ["permute"] = (graph, call) => Transpose(graph, call, [.. call.Integers(1).Select(d => (long)call.Dimension(d))]),
        ["transpose.int"] = (graph, call) => Transpose(graph, call, Exchanged(call.Input(0).Rank, call.Dimension(1), call.Dimension(2))),
        ["cat"] = Concatenate,
        ["chunk"] = Split,
        ["narrow"] = Narrow,
        ["index_select"] = (graph, call) => graph.Node("Gather", call, [graph.Name(call.Input(0), "rows"), graph.Name(call.Input(2))], ("axis", (long)call.Dimension(1))),
        ["pad"] = Pad,
        ["mean.dim"] = Mean,
        ["amax"] = (graph, call) => Reduce(graph, call, "ReduceMax"),
        ["sum.dim_IntList"] = Sum,
        ["topk"] = TopK,
        ["alias"] = Same,
        ["contiguous"] = Same,
        ["clone"] = Same,
        ["dropout"] = Dropout,
        ["feature_dropout"] = Dropout,
        ["to.dtype"] = Cast,
    };

    // 0 keeps a size, −1 is what is left: whatever the number of pictures.
    private static void Reshape(OnnxGraph graph, TracedCall call)
    {
        var (from, to) = (call.Input(0), call.Result);
        long[] sizes = [.. to.Sizes.Select((size, i) => size >= 0 ? size : i < from.Rank && from.Sizes[i] < 0 && from.Shape[i] == to.Shape[i] ? 0 : -1)];
        if (sizes.Count(s => s < 0) > 1) throw OnnxOperators.Unsupported(call, "with several sizes that depend on the number of pictures");
        graph.Node("Reshape", call, [graph.Name(from), graph.Integers(sizes)]);
    }

    private static void Transpose(OnnxGraph graph, TracedCall call, long[] order) => graph.Node("Transpose", call, [graph.Name(call.Input(0))], ("perm", order));

    private static long[] Exchanged(int rank, int a, int b) => [.. Enumerable.Range(0, rank).Select(d => (long)(d == a ? b : d == b ? a : d))];

    private static void Concatenate(OnnxGraph graph, TracedCall call)
    {
        var parts = (TracedValue[])call.Arguments[0]!;
        var axis = call.Integer(1);
        graph.Node("Concat", call, parts.Select(p => graph.Name(p)), ("axis", axis < 0 ? axis + parts[0].Rank : axis));
    }

    private static void Split(OnnxGraph graph, TracedCall call)
    {
        var axis = call.Dimension(2);
        graph.Node("Split", call, [graph.Name(call.Input(0)), graph.Integers([.. call.Results.Select(r => r.Shape[axis])])], ("axis", (long)axis));
    }

    private static void Narrow(OnnxGraph graph, TracedCall call)
    {
        var start = call.Integer(2);
        graph.Node("Slice", call, [graph.Name(call.Input(0)), graph.Integers(start), graph.Integers(start + call.Integer(3)), graph.Integers(call.Dimension(1))]);
    }

    // libtorch names the last dimension's two sides first; ONNX all beginnings, then all ends.
    private static void Pad(OnnxGraph graph, TracedCall call)
    {
        if (call.Arguments.ElementAtOrDefault(2) is string and not "constant") throw OnnxOperators.Unsupported(call, "with other than a constant");
        var (sides, rank) = (call.Integers(1), call.Input(0).Rank);
        var pads = new long[2 * rank];
        for (var k = 0; k < sides.Length; k++) pads[rank - 1 - k / 2 + k % 2 * rank] = sides[k];
        graph.Node("Pad", call, [graph.Name(call.Input(0)), graph.Integers(pads), graph.Number(call.Number(3))]);
    }

    private static void Mean(OnnxGraph graph, TracedCall call)
    {
        if (call.Input(0).Rank != 4 || !Dimensions(call).SequenceEqual([2, 3])) Reduce(graph, call, "ReduceMean");
        else if (call.Flag(2)) graph.Node("GlobalAveragePool", call, [graph.Name(call.Input(0))]);
        else graph.Node("Flatten", call, [graph.Inner("GlobalAveragePool", [graph.Name(call.Input(0))])], ("axis", 1L));
    }

    private static void Reduce(OnnxGraph graph, TracedCall call, string kind) =>
        graph.Node(kind, call, [graph.Name(call.Input(0))], ("axes", Dimensions(call)), ("keepdims", call.Flag(2)));

    // Its dimensions became an input with opset 13, unlike the others'.
    private static void Sum(OnnxGraph graph, TracedCall call) =>
        graph.Node("ReduceSum", call, [graph.Name(call.Input(0)), graph.Integers(Dimensions(call))], ("keepdims", call.Flag(2)));

    private static long[] Dimensions(TracedCall call) => [.. call.Integers(1).Select(d => (long)call.Dimension(d)).Order()];

    private static void TopK(OnnxGraph graph, TracedCall call) =>
        graph.Node("TopK", call, [graph.Name(call.Input(0)), graph.Integers(call.Integer(1))],
            ("axis", (long)call.Dimension(2, -1)), ("largest", call.Flag(3, true)), ("sorted", call.Flag(4, true)));

    private static void Same(OnnxGraph graph, TracedCall call) => graph.Same(call, call.Input(0));

    private static void Dropout(OnnxGraph graph, TracedCall call)
    {
        if (call.Flag(2)) throw OnnxOperators.Unsupported(call, "in training");
        Same(graph, call);
    }

    private static void Cast(OnnxGraph graph, TracedCall call)
    {
        if (call.Result.Type == call.Input(0).Type) Same(graph, call);
        else if (call.Result.Type == TorchSharp.torch.ScalarType.Float32) graph.Node("Cast", call, [graph.Name(call.Input(0))], ("to", (long)Onnx.ElementType.Float));
        else throw OnnxOperators.Unsupported(call, $"to {call.Result.Type}");
    }
}
