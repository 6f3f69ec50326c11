using System.Globalization;
using CaptionTL.Models.Export.Onnx;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;
using Type = CaptionTL.Models.Export.Onnx.Type;

namespace CaptionTL.Models.Export;

/// <summary>An ONNX graph in the making: nodes, constants, and the names of the values between them.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The first dimension, which may be of any size.</summary>
    public const string Batch = "n";

    private readonly Dictionary<TracedValue, string> _names = [];
    private readonly Dictionary<TracedValue, string> _outputs = [];
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public Graph Graph { get; } = new();

    /// <summary>Declares an input of the graph.</summary>
    public void Input(TracedValue value, string name, string meaning)
    {
        _names[value] = name;
        Graph.Input.Add(Declare(value, name, meaning));
    }

    /// <summary>Declares an output; before the node that gives it.</summary>
    public void Output(TracedValue value, string name, string meaning)
    {
        _outputs[value] = name;
        Graph.Output.Add(Declare(value, name, meaning));
    }

    /// <summary>The name of a value; a constant is put into the graph when it is first asked for.</summary>
    public string Name(TracedValue value, string role = "constant")
    {
        if (_names.TryGetValue(value, out var name)) return name;
        if (value.Constant is not { } tensor) throw new InvalidOperationException("a value is used before it is computed");
        return _names[value] = Constant(tensor, role);
    }

    /// <summary>A tensor as a constant: fp32, or int64 for whole numbers.</summary>
    public string Constant(Tensor tensor, string role = "constant")
    {
        var whole = !tensor.is_floating_point();
        using var scope = NewDisposeScope();
        var values = tensor.to(whole ? ScalarType.Int64 : ScalarType.Float32).contiguous().cpu();
        return Constant(ByteString.CopyFrom(values.bytes), whole ? ElementType.Int64 : ElementType.Float, tensor.shape, role);
    }

    /// <summary>A list of whole numbers, as some operators take it for an input.</summary>
    public string Integers(params long[] values)
    {
        var key = string.Join(",", values);
        if (!_numbers.TryGetValue(key, out var name))
            _numbers[key] = name = Constant(ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())), ElementType.Int64, [values.Length], "integers");
        return name;
    }

    /// <summary>One fp32 number.</summary>
    public string Number(double value)
    {
        var number = (float)value;
        var key = "f" + number.ToString("R", CultureInfo.InvariantCulture);
        if (!_numbers.TryGetValue(key, out var name))
            _numbers[key] = name = Constant(ByteString.CopyFrom(BitConverter.GetBytes(number)), ElementType.Float, [], "number");
        return name;
    }

    /// <summary>A node for what a call gives.</summary>
    public void Node(string kind, TracedCall call, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) =>
        Add(kind, inputs, [.. call.Results.Select(r => _names[r] = _outputs.GetValueOrDefault(r) ?? Unique(kind))], attributes);

    /// <summary>A node on the way to what a call gives.</summary>
    public string Inner(string kind, IEnumerable<string> inputs, params (string Name, object Value)[] attributes)
    {
        var name = Unique(kind);
        Add(kind, inputs, [name], attributes);
        return name;
    }

    /// <summary>A result that is the same as an input.</summary>
    public void Same(TracedCall call, TracedValue value)
    {
        if (_outputs.ContainsKey(call.Result)) Node("Identity", call, [Name(value)]);
        else _names[call.Result] = Name(value);
    }

    private void Add(string kind, IEnumerable<string> inputs, IReadOnlyList<string> outputs, (string Name, object Value)[] attributes)
    {
        var node = new Node { Name = outputs[0], OpType = kind };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        Graph.Node.Add(node);
    }

    private static Onnx.Attribute Attribute(string name, object value)
    {
        var attribute = new Onnx.Attribute { Name = name };
        switch (value)
        {
            case long[] integers:
                attribute.Type = Onnx.Attribute.Types.Kind.Ints;
                attribute.Ints.AddRange(integers);
                break;
            case double number:
                (attribute.Type, attribute.F) = (Onnx.Attribute.Types.Kind.Float, (float)number);
                break;
            default:
                (attribute.Type, attribute.I) = (Onnx.Attribute.Types.Kind.Int, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
        return attribute;
    }

    private string Constant(ByteString bytes, ElementType type, long[] shape, string role)
    {
        var constant = new Constant { Name = Unique(role), DataType = (int)type, RawData = bytes };
        constant.Dims.AddRange(shape);
        Graph.Initializer.Add(constant);
        return constant.Name;
    }

    private static Value Declare(TracedValue value, string name, string meaning)
    {
        var shape = new Shape();
        shape.Dim.AddRange(value.Sizes.Select(size => size < 0 ? new Shape.Types.Dimension { DimParam = Batch } : new Shape.Types.Dimension { DimValue = size }));
        var type = value.Type == ScalarType.Int64 ? ElementType.Int64 : ElementType.Float;
        return new Value { Name = name, DocString = meaning, Type = new Type { TensorType = new Type.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private string Unique(string kind)
    {
        var number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        return FormattableString.Invariant($"{char.ToLowerInvariant(kind[0])}{kind[1..]}_{number}");
    }
}
