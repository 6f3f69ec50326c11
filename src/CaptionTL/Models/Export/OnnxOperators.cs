namespace CaptionTL.Models.Export;

/// <summary>Every operator of libtorch that can be written as ONNX nodes (opset 13, ONNX's own operators).</summary>
internal static class OnnxOperators
{
    /// <summary>Version of ONNX's operators that the nodes are meant in.</summary>
    public const int Opset = 13;

    private static readonly Dictionary<string, Action<OnnxGraph, TracedCall>> Arithmetic = new(StringComparer.Ordinal)
    {
        ["add.Tensor"] = Sum("Add"),
        ["add.Scalar"] = Sum("Add"),
        ["sub.Tensor"] = Sum("Sub"),
        ["sub.Scalar"] = Sum("Sub"),
        ["mul.Tensor"] = Binary("Mul"),
        ["mul.Scalar"] = Binary("Mul"),
        ["div.Tensor"] = Binary("Div"),
        ["div.Scalar"] = Binary("Div"),
        ["maximum"] = Binary("Max"),
        ["clamp_min"] = Binary("Max"),
        ["ge.Tensor"] = Binary("GreaterOrEqual"),
        ["lt.Scalar"] = Binary("Less"),
        ["bmm"] = Binary("MatMul"),
        ["matmul"] = Binary("MatMul"),
        ["addcmul"] = (graph, call) => graph.Node("Add", call, [graph.Name(call.Input(0), "shift"), graph.Inner("Mul", [graph.Name(call.Input(1)), graph.Name(call.Input(2), "scale")])]),
        ["abs"] = OnnxLayers.Unary("Abs"),
        ["exp"] = OnnxLayers.Unary("Exp"),
        ["neg"] = OnnxLayers.Unary("Neg"),
        ["sqrt"] = OnnxLayers.Unary("Sqrt"),
    };

    private static readonly Dictionary<string, Action<OnnxGraph, TracedCall>> All =
        new([.. Arithmetic, .. OnnxLayers.Operators, .. OnnxShapes.Operators], StringComparer.Ordinal);

    /// <summary>Adds the nodes that compute what a call gives.</summary>
    /// <exception cref="CaptionTLException">ONNX's operators do not have it, or not in this form.</exception>
    public static void Add(OnnxGraph graph, TracedCall call)
    {
        if (!All.TryGetValue(call.Operator, out var add))
            throw new CaptionTLException($"This network uses the operator {call.Operator}, which cannot be written as ONNX yet. Those that can: {string.Join(", ", All.Keys.Order(StringComparer.Ordinal))}.", isInput: false);
        add(graph, call);
    }

    internal static CaptionTLException Unsupported(TracedCall call, string form) =>
        new($"This network uses the operator {call.Operator} {form}, which cannot be written as ONNX.", isInput: false);

    private static Action<OnnxGraph, TracedCall> Binary(string kind) => (graph, call) => graph.Node(kind, call, [graph.Name(call.Input(0)), Operand(graph, call)]);

    // libtorch multiplies the second one by a factor, the third argument.
    private static Action<OnnxGraph, TracedCall> Sum(string kind) => (graph, call) =>
    {
        if (call.Number(2, 1) != 1) throw Unsupported(call, "with a factor");
        Binary(kind)(graph, call);
    };

    private static string Operand(OnnxGraph graph, TracedCall call) =>
        call.OptionalInput(1) is { } value ? graph.Name(value) : graph.Number(call.Number(1));
}
