using System.Globalization;
using System.Runtime.InteropServices;
using CaptionTL.Runtime.Onnx.Format;
using Google.Protobuf;
using Type = CaptionTL.Runtime.Onnx.Format.Type;

namespace CaptionTL.Runtime.Onnx;

/// <summary>A value in a graph.</summary>
/// <param name="Name">Unique within the graph.</param>
/// <param name="Shape">Sizes without the batch, which comes first and may be of any size; empty for constants.</param>
internal sealed record OnnxValue(string Name, params long[] Shape);

/// <summary>An input or output of an ONNX graph.</summary>
/// <param name="Name">As a runtime is asked for it.</param>
/// <param name="Meaning">For people, in the file and in an export's README.md.</param>
/// <param name="Shape">Sizes; −1 for the number of images.</param>
/// <param name="Type">"float32" or "int64".</param>
public sealed record OnnxPort(string Name, string Meaning, IReadOnlyList<long> Shape, string Type = "float32");

/// <summary>
/// An ONNX model in the making (opset 17, ONNX's own operators, fp32). Batch normalisation behind a convolution becomes part of it:
/// w' = w · s, b' = b · s + t.
/// </summary>
internal sealed class OnnxGraph
{
    /// <summary>Version of ONNX's operators that the nodes are meant in.</summary>
    public const int Opset = 17;

    /// <summary>Name of the first dimension, which may be of any size.</summary>
    public const string Batch = "n";

    private const int IrVersion = 8; // the one that came with opset 17
    private const long MaxBytes = int.MaxValue;

    private sealed record Filter(Constant Weight, Constant Bias);

    private readonly Dictionary<string, Filter> _filters = new(StringComparer.Ordinal); // of convolutions that nothing reads yet
    private readonly Dictionary<string, OnnxValue> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<OnnxPort> _inputs = [];
    private readonly List<OnnxPort> _outputs = [];
    private readonly Model _model;

    public OnnxGraph(string name)
    {
        _model = new Model
        {
            IrVersion = IrVersion, ProducerName = "CaptionTL",
            ProducerVersion = typeof(OnnxGraph).Assembly.GetName().Version!.ToString(3), Graph = new Graph { Name = name }
        };
        _model.OpsetImport.Add(new OperatorSet { Domain = "", Version = Opset });
    }

    public IReadOnlyList<OnnxPort> Inputs => _inputs;

    public IReadOnlyList<OnnxPort> Outputs => _outputs;

    /// <summary>Operators in order of computation, for tests.</summary>
    public IEnumerable<string> Operators => _model.Graph.Node.Select(n => n.OpType);

    /// <summary>Declares an input (n, …).</summary>
    /// <param name="type">"float32" or "int64".</param>
    public OnnxValue Input(string name, string meaning, long[] shape, string type = "float32")
    {
        var port = new OnnxPort(name, meaning, [-1, .. shape], type);
        _inputs.Add(port);
        _model.Graph.Input.Add(Declare(port));
        return new OnnxValue(name, shape);
    }

    /// <summary>Declares a value as an output.</summary>
    public void Output(OnnxValue value, string name, string meaning)
    {
        var port = new OnnxPort(name, meaning, [-1, .. value.Shape]);
        _outputs.Add(port);
        _model.Graph.Output.Add(Declare(port));
        Add("Identity", [value], [name], []);
    }

    /// <summary>A line of the file's metadata, which runtimes show.</summary>
    public OnnxGraph With(string key, string value)
    {
        _model.MetadataProps.Add(new Metadata { Key = key, Value = value });
        return this;
    }

    /// <exception cref="CaptionTLException">The weights are too large for one file.</exception>
    public byte[] ToBytes()
    {
        RequireRoom(_model.Graph.Initializer.Sum(c => (long)c.RawData.Length), _model.Graph.Name);
        return _model.ToByteArray();
    }

    /// <summary>An operator with one result.</summary>
    public OnnxValue Node(
        string kind, IEnumerable<OnnxValue> inputs, long[] shape, params IEnumerable<(string Name, object Value)> attributes)
    {
        var value = new OnnxValue(Unique(kind), shape);
        Add(kind, inputs, [value.Name], attributes);
        return value;
    }

    /// <summary>An operator with several results, all without sizes of their own.</summary>
    public OnnxValue[] Nodes(
        string kind, IEnumerable<OnnxValue> inputs, long[][] shapes, params IEnumerable<(string Name, object Value)> attributes)
    {
        OnnxValue[] values = [.. shapes.Select(shape => new OnnxValue(Unique(kind), shape))];
        Add(kind, inputs, [.. values.Select(v => v.Name)], attributes);
        return values;
    }

    /// <summary>A convolution whose weights later scales and shifts may become part of.</summary>
    public OnnxValue Conv(OnnxValue x, long[] shape, float[] weight, long[] weightShape,
        float[] bias, params IEnumerable<(string Name, object Value)> attributes)
    {
        var (w, b) = (AddConstant(Bytes(weight), ElementType.Float, weightShape, "weight"),
            AddConstant(Bytes(bias), ElementType.Float, [bias.Length], "bias"));
        var y = Node("Conv", [x, new OnnxValue(w.Name), new OnnxValue(b.Name)], shape, attributes);
        _filters[y.Name] = new Filter(w, b);
        return y;
    }

    /// <summary>x · scale + shift, a number of each for every channel of (n, C, H, W).</summary>
    public OnnxValue ScaleAndShift(OnnxValue x, float[] scale, float[] shift)
    {
        if (_filters.TryGetValue(x.Name, out var filter))
        {
            var (weight, bias) = (Floats(filter.Weight), Floats(filter.Bias));
            var fan = weight.Length / scale.Length;
            for (var i = 0; i < weight.Length; i++) weight[i] *= scale[i / fan];
            for (var c = 0; c < scale.Length; c++) bias[c] = bias[c] * scale[c] + shift[c];
            (filter.Weight.RawData, filter.Bias.RawData) = (Bytes(weight), Bytes(bias));
            return x;
        }
        long[] row = [scale.Length, 1, 1];
        return Node("Add", [Node("Mul", [x, Constant(scale, row)], x.Shape), Constant(shift, row)], x.Shape);
    }

    /// <summary>x · wᵀ + b over the last dimension: (n, …, inputs) to (n, …, outputs).</summary>
    /// <param name="weight">(outputs, inputs), row by row.</param>
    public OnnxValue Linear(OnnxValue x, float[] weight, float[]? bias, int inputs, int outputs)
    {
        long[] shape = [.. x.Shape[..^1], outputs];
        if (x.Shape.Length == 1)
            return Node("Gemm",
                [x, Constant(weight, [outputs, inputs]), .. bias is null ? Array.Empty<OnnxValue>() : [Constant(bias, [outputs])]],
                shape, ("transB", 1));
        var turned = new float[weight.Length];
        for (var o = 0; o < outputs; o++)
            for (var i = 0; i < inputs; i++) turned[i * outputs + o] = weight[o * inputs + i];
        var product = Node("MatMul", [x, Constant(turned, [inputs, outputs])], shape);
        return bias is null ? product : Node("Add", [product, Constant(bias, [outputs])], shape);
    }

    /// <summary>(n, …) in other sizes; at most one of them −1, which takes what is left.</summary>
    public OnnxValue Reshape(OnnxValue x, params long[] shape) => Node("Reshape", [x, Integers([0, .. shape])], Known(x.Shape, shape));

    /// <summary>Add, Sub, Mul, Div, Less and the like, of two values or a value and a constant.</summary>
    public OnnxValue Binary(string kind, OnnxValue a, OnnxValue b) =>
        Node(kind, [a, b], a.Shape.Length == b.Shape.Length
            ? [.. a.Shape.Zip(b.Shape, Math.Max)]
            : a.Shape.Length > b.Shape.Length ? a.Shape : b.Shape);

    /// <summary>ReduceMean or ReduceMax over one dimension, which goes; the batch is dimension 0.</summary>
    public OnnxValue Reduce(string kind, OnnxValue x, int dimension) =>
        Node(kind, [x], [.. x.Shape.Where((_, i) => i != dimension - 1)], ("axes", new long[] { dimension }), ("keepdims", 0));

    /// <summary>An elementwise function, or one along a dimension that stays.</summary>
    public OnnxValue Unary(string kind, OnnxValue x, params IEnumerable<(string Name, object Value)> attributes) =>
        Node(kind, [x], x.Shape, attributes);

    /// <summary>A value that several nodes will read: nothing may become part of the convolution that gives it.</summary>
    public void Share(OnnxValue value) => _filters.Remove(value.Name);

    /// <summary>fp32 numbers, row by row.</summary>
    public OnnxValue Constant(float[] values, long[] shape) => new(AddConstant(Bytes(values), ElementType.Float, shape, "constant").Name);

    /// <summary>Whole numbers, as some operators take them for an input.</summary>
    public OnnxValue Integers(params long[] values) =>
        Number("i" + string.Join(",", values), () => AddConstant(Bytes(values), ElementType.Int64, [values.Length], "integers"));

    /// <summary>One fp32 number.</summary>
    public OnnxValue Number(double value) =>
        Number("f" + ((float)value).ToString("R", CultureInfo.InvariantCulture),
            () => AddConstant(Bytes([(float)value]), ElementType.Float, [], "number"));

    internal static void RequireRoom(long bytes, string name)
    {
        if (bytes > MaxBytes)
            throw new CaptionTLException(
                FormattableString.Invariant(
                    $"The weights of '{name}' take {bytes / 1e9:0.0} GB in fp32; an ONNX file holds at most {MaxBytes / 1e9:0.0} GB. ")
                + "Use a smaller backbone for a model that is to be exported.");
    }

    private OnnxValue Number(string key, Func<Constant> make) =>
        _numbers.TryGetValue(key, out var value) ? value : _numbers[key] = new OnnxValue(make().Name);

    private void Add(
        string kind, IEnumerable<OnnxValue> inputs, IReadOnlyList<string> outputs, IEnumerable<(string Name, object Value)> attributes)
    {
        var node = new Node { Name = outputs[0], OpType = kind };
        foreach (var input in inputs)
        {
            _filters.Remove(input.Name);
            node.Input.Add(input.Name);
        }
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        _model.Graph.Node.Add(node);
    }

    private static Format.Attribute Attribute(string name, object value)
    {
        var attribute = new Format.Attribute { Name = name };
        switch (value)
        {
            case long[] integers:
                attribute.Type = Format.Attribute.Types.Kind.Ints;
                attribute.Ints.AddRange(integers);
                break;
            case double number:
                (attribute.Type, attribute.F) = (Format.Attribute.Types.Kind.Float, (float)number);
                break;
            case string text:
                (attribute.Type, attribute.S) = (Format.Attribute.Types.Kind.String, ByteString.CopyFromUtf8(text));
                break;
            default:
                (attribute.Type, attribute.I) = (Format.Attribute.Types.Kind.Int, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
        return attribute;
    }

    private Constant AddConstant(ByteString bytes, ElementType type, long[] shape, string role)
    {
        var constant = new Constant { Name = Unique(role), DataType = (int)type, RawData = bytes };
        constant.Dims.AddRange(shape);
        _model.Graph.Initializer.Add(constant);
        return constant;
    }

    private static ByteString Bytes<T>(T[] values) where T : unmanaged => ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));

    private static float[] Floats(Constant constant) => MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray();

    private static Value Declare(OnnxPort port)
    {
        var shape = new Shape();
        shape.Dim.AddRange(port.Shape.Select(size => size < 0 ? new Shape.Types.Dimension { DimParam = Batch }
            : new Shape.Types.Dimension { DimValue = size }));
        var type = port.Type == "int64" ? ElementType.Int64 : ElementType.Float;
        return new Value { Name = port.Name, DocString = port.Meaning,
            Type = new Type { TensorType = new Type.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private static long[] Known(long[] from, long[] shape)
    {
        var count = from.Aggregate(1L, (product, size) => product * size);
        var given = shape.Where(size => size > 0).Aggregate(1L, (product, size) => product * size);
        return [.. shape.Select(size => size < 0 ? count / given : size)];
    }

    private string Unique(string kind)
    {
        var number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        return FormattableString.Invariant($"{char.ToLowerInvariant(kind[0])}{kind[1..]}_{number}");
    }
}
