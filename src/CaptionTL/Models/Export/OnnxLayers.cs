using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>Layers of libtorch as ONNX nodes: convolution, linear layers, pooling, normalisation, activations.</summary>
internal static class OnnxLayers
{
    public static IReadOnlyDictionary<string, Action<OnnxGraph, TracedCall>> Operators { get; } = new Dictionary<string, Action<OnnxGraph, TracedCall>>(StringComparer.Ordinal)
    {
        ["conv2d"] = Convolution,
        ["linear"] = Linear,
        ["embedding"] = (graph, call) => graph.Node("Gather", call, [graph.Name(call.Input(0), "words"), graph.Name(call.Input(1))], ("axis", 0L)),
        ["layer_norm"] = LayerNorm,
        ["max_pool2d"] = MaxPool,
        ["avg_pool2d"] = AveragePool,
        ["adaptive_avg_pool2d"] = AdaptivePool,
        ["relu"] = Unary("Relu"),
        ["sigmoid"] = Unary("Sigmoid"),
        ["tanh"] = Unary("Tanh"),
        ["hardtanh"] = (graph, call) => Clip(graph, call, call.Number(1, -1), call.Number(2, 1)),
        ["relu6"] = (graph, call) => Clip(graph, call, 0, 6),
        ["hardsigmoid"] = (graph, call) => graph.Node("HardSigmoid", call, [graph.Name(call.Input(0))], HardSigmoid),
        ["hardswish"] = (graph, call) => Gated(graph, call, graph.Inner("HardSigmoid", [graph.Name(call.Input(0))], HardSigmoid)),
        ["silu"] = (graph, call) => Gated(graph, call, graph.Inner("Sigmoid", [graph.Name(call.Input(0))])),
        ["gelu"] = Gelu,
        ["softmax.int"] = (graph, call) => graph.Node("Softmax", call, [graph.Name(call.Input(0))], ("axis", (long)call.Dimension(1))),
        ["log_softmax.int"] = (graph, call) => graph.Node("LogSoftmax", call, [graph.Name(call.Input(0))], ("axis", (long)call.Dimension(1))),
    };

    private static (string, object)[] HardSigmoid => [("alpha", 1.0 / 6), ("beta", 0.5)];

    internal static Action<OnnxGraph, TracedCall> Unary(string kind) => (graph, call) => graph.Node(kind, call, [graph.Name(call.Input(0))]);

    private static void Clip(OnnxGraph graph, TracedCall call, double least, double most) =>
        graph.Node("Clip", call, [graph.Name(call.Input(0)), graph.Number(least), graph.Number(most)]);

    private static void Convolution(OnnxGraph graph, TracedCall call)
    {
        List<string> inputs = [graph.Name(call.Input(0)), graph.Name(call.Input(1), "convWeight")];
        if (call.OptionalInput(2) is { } bias) inputs.Add(graph.Name(bias, "convBias"));
        graph.Node("Conv", call, inputs,
            ("kernel_shape", call.Input(1).Shape[2..]), ("strides", Pair(call, 3, 1)), ("pads", BothSides(Pair(call, 4, 0))),
            ("dilations", Pair(call, 5, 1)), ("group", call.Integer(6, 1)));
    }

    // (…, in) to (…, out): Gemm takes matrices only.
    private static void Linear(OnnxGraph graph, TracedCall call)
    {
        var (x, weight) = (graph.Name(call.Input(0)), call.Input(1));
        var bias = call.OptionalInput(2) is { } values ? graph.Name(values, "linearBias") : null;
        if (call.Input(0).Rank == 2)
        {
            string[] inputs = [x, graph.Name(weight, "linearWeight"), .. bias is null ? Array.Empty<string>() : [bias]];
            graph.Node("Gemm", call, inputs, ("transB", 1L));
            return;
        }
        using var transposed = weight.Constant!.t();
        string[] factors = [x, graph.Constant(transposed, "linearWeight")];
        if (bias is null) graph.Node("MatMul", call, factors);
        else graph.Node("Add", call, [graph.Inner("MatMul", factors), bias]);
    }

    // Over the last dimension; opset 13 has no operator for it.
    private static void LayerNorm(OnnxGraph graph, TracedCall call)
    {
        if (call.Integers(1).Length != 1) throw OnnxOperators.Unsupported(call, "over several dimensions");
        var x = graph.Name(call.Input(0));
        var centred = graph.Inner("Sub", [x, Mean(x)]);
        var variance = Mean(graph.Inner("Mul", [centred, centred]));
        var deviation = graph.Inner("Sqrt", [graph.Inner("Add", [variance, graph.Number(call.Number(4, 1e-5))])]);
        List<(string Kind, string Other)> steps = [("Div", deviation)];
        if (call.OptionalInput(2) is { } weight) steps.Add(("Mul", graph.Name(weight, "normWeight")));
        if (call.OptionalInput(3) is { } bias) steps.Add(("Add", graph.Name(bias, "normBias")));
        var y = centred;
        foreach (var (kind, other) in steps.SkipLast(1)) y = graph.Inner(kind, [y, other]);
        graph.Node(steps[^1].Kind, call, [y, steps[^1].Other]);

        string Mean(string of) => graph.Inner("ReduceMean", [of], ("axes", new[] { call.Input(0).Rank - 1L }), ("keepdims", 1L));
    }

    private static void MaxPool(OnnxGraph graph, TracedCall call)
    {
        var kernel = Pair(call, 1, 1);
        graph.Node("MaxPool", call, [graph.Name(call.Input(0))],
            ("kernel_shape", kernel), ("strides", call.Integers(2, kernel)), ("pads", BothSides(Pair(call, 3, 0))), ("dilations", Pair(call, 4, 1)), ("ceil_mode", call.Flag(5)));
    }

    private static void AveragePool(OnnxGraph graph, TracedCall call)
    {
        if (call.Arguments.ElementAtOrDefault(6) is not null) throw OnnxOperators.Unsupported(call, "with a divisor of its own");
        var kernel = Pair(call, 1, 1);
        graph.Node("AveragePool", call, [graph.Name(call.Input(0))],
            ("kernel_shape", kernel), ("strides", call.Integers(2, kernel)), ("pads", BothSides(Pair(call, 3, 0))), ("ceil_mode", call.Flag(4)), ("count_include_pad", call.Flag(5, true)));
    }

    private static void AdaptivePool(OnnxGraph graph, TracedCall call)
    {
        var (input, output) = (call.Input(0).Shape[^2..], call.Result.Shape[^2..]);
        if (output is [1, 1]) graph.Node("GlobalAveragePool", call, [graph.Name(call.Input(0))]);
        else if (input.SequenceEqual(output)) graph.Same(call, call.Input(0));
        else if (input[0] % output[0] == 0 && input[1] % output[1] == 0)
        {
            long[] step = [input[0] / output[0], input[1] / output[1]];
            graph.Node("AveragePool", call, [graph.Name(call.Input(0))], ("kernel_shape", step), ("strides", step));
        }
        else throw OnnxOperators.Unsupported(call, FormattableString.Invariant($"from {input[0]} × {input[1]} to {output[0]} × {output[1]} cells"));
    }

    private static void Gelu(OnnxGraph graph, TracedCall call)
    {
        if (call.Arguments.ElementAtOrDefault(1) is string and not "none") throw OnnxOperators.Unsupported(call, "approximated");
        var x = graph.Name(call.Input(0));
        var erf = graph.Inner("Erf", [graph.Inner("Mul", [x, graph.Number(Math.Sqrt(0.5))])]);
        graph.Node("Mul", call, [graph.Inner("Mul", [x, graph.Number(0.5)]), graph.Inner("Add", [erf, graph.Number(1)])]);
    }

    private static void Gated(OnnxGraph graph, TracedCall call, string gate) => graph.Node("Mul", call, [graph.Name(call.Input(0)), gate]);

    private static long[] Pair(TracedCall call, int position, long usual) => call.Integers(position, usual, usual) is [var one] ? [one, one] : call.Integers(position, usual, usual);

    private static long[] BothSides(long[] padding) => [.. padding, .. padding];
}
