using CaptionTL.Runtime.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Classes;

/// <summary>
/// What the decisions of conventional models are made of, so that every model writes its decision once: <see cref="TensorMath"/> computes
/// it, <see cref="OnnxMath"/> writes it down for an exported model. Values are matrices of n rows, one for each image; constants are
/// broadcast over the rows.
/// </summary>
/// <typeparam name="T">A matrix.</typeparam>
internal interface IDecisionMath<T>
{
    /// <summary>x · wᵀ + b: (n, inputs) to (n, outputs).</summary>
    /// <param name="x">(n, inputs).</param>
    /// <param name="weights">(outputs, inputs), row-major.</param>
    /// <param name="bias">One for each output; null for zeros.</param>
    /// <param name="outputs">How many.</param>
    T Linear(T x, double[] weights, double[]? bias, int outputs);

    /// <summary>x · y of every row of x with every known image: (n, rows).</summary>
    T Products(T x, FeatureMatrix known);

    /// <summary>x · x of every row: (n, 1).</summary>
    T SquaredLength(T x);

    /// <summary>The largest number of every row: (n, 1).</summary>
    T Largest(T x);

    /// <summary>Some columns, in the given order.</summary>
    T Columns(T x, IEnumerable<int> columns);

    /// <summary>Matrices side by side.</summary>
    T Concat(IEnumerable<T> parts);

    /// <summary>Shares of the classes among the k largest of each row, (n, classes); of equal ones the first count.</summary>
    /// <param name="nearness">(n, rows).</param>
    /// <param name="k">At most rows.</param>
    /// <param name="positions">Class of each column of <paramref name="nearness"/>.</param>
    /// <param name="classes">How many.</param>
    T Votes(T nearness, int k, int[] positions, int classes);

    /// <summary>A constant for each column.</summary>
    T Row(IReadOnlyList<double> values);

    T Number(double value);

    /// <summary>By the name of the ONNX operator: Add, Sub, Mul, Div, Max; Less and GreaterOrEqual give 1 and 0.</summary>
    T Binary(string kind, T a, T b);

    /// <summary>By the name of the ONNX operator: Abs, Exp, Neg, Sqrt.</summary>
    T Unary(string kind, T x);

    /// <summary>Squared Euclidean distances (n, rows) from known vectors.</summary>
    /// <param name="x">(n, columns).</param>
    /// <param name="products">x · y, (n, rows).</param>
    /// <param name="norms">y · y of the known vectors.</param>
    sealed T SquaredDistances(T x, T products, IReadOnlyList<double> norms) => Binary("Max", Number(0),
        Binary("Sub", Binary("Add", SquaredLength(x), Row(norms)), Binary("Mul", products, Number(2))));
}

/// <summary>Decisions in double precision on the processor.</summary>
internal sealed class TensorMath : IDecisionMath<Tensor>
{
    public static TensorMath Instance { get; } = new();

    public Tensor Linear(Tensor x, double[] weights, double[]? bias, int outputs)
    {
        var product = x.matmul(tensor(weights, [outputs, x.shape[1]], device: CPU).t());
        return bias is null ? product : product + Row(bias);
    }

    public Tensor Products(Tensor x, FeatureMatrix known) => x.matmul(known.Tensor.t());

    public Tensor SquaredLength(Tensor x) => x.square().sum(1, keepdim: true);

    public Tensor Largest(Tensor x) => x.amax([1], keepdim: true);

    public Tensor Columns(Tensor x, IEnumerable<int> columns) =>
        x.index_select(1, tensor(columns.Select(c => (long)c).ToArray(), device: CPU));

    public Tensor Concat(IEnumerable<Tensor> parts) => cat([.. parts], 1);

    public Tensor Votes(Tensor nearness, int k, int[] positions, int classes)
    {
        var nearest = nearness.sort(1, descending: true, stable: true).Indices.narrow(1, 0, k);
        var labels = tensor(Array.ConvertAll(positions, p => (long)p), device: CPU).index_select(0, nearest.reshape(-1)).view(-1, k);
        return nn.functional.one_hot(labels, classes).sum(1).to(ScalarType.Float64) / k;
    }

    public Tensor Row(IReadOnlyList<double> values) => tensor(values.ToArray(), device: CPU);

    public Tensor Number(double value) => tensor(value, dtype: ScalarType.Float64, device: CPU);

    public Tensor Binary(string kind, Tensor a, Tensor b) => kind switch
    {
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => a / b,
        "Max" => maximum(a, b),
        "Less" => a.lt(b).to(ScalarType.Float64),
        "GreaterOrEqual" => a.ge(b).to(ScalarType.Float64),
        _ => throw new ArgumentException($"no operator {kind}", nameof(kind)),
    };

    public Tensor Unary(string kind, Tensor x) => kind switch
    {
        "Abs" => x.abs(),
        "Exp" => x.exp(),
        "Neg" => -x,
        "Sqrt" => x.sqrt(),
        _ => throw new ArgumentException($"no operator {kind}", nameof(kind)),
    };
}

/// <summary>The same as nodes of an ONNX graph, in fp32.</summary>
internal sealed class OnnxMath(OnnxGraph graph) : IDecisionMath<OnnxValue>
{
    public OnnxValue Linear(OnnxValue x, double[] weights, double[]? bias, int outputs) =>
        graph.Linear(x, OnnxWeights.Of(weights), bias is null ? null : OnnxWeights.Of(bias), (int)x.Shape[0], outputs);

    public OnnxValue Products(OnnxValue x, FeatureMatrix known) =>
        graph.Linear(x, known.Values.ToArray(), null, known.Columns, known.Rows);

    public OnnxValue SquaredLength(OnnxValue x) =>
        graph.Node("ReduceSum", [graph.Binary("Mul", x, x), graph.Integers(1)], [1], ("keepdims", 1));

    public OnnxValue Largest(OnnxValue x) => graph.Node("ReduceMax", [x], [1], ("axes", new long[] { 1 }), ("keepdims", 1));

    public OnnxValue Columns(OnnxValue x, IEnumerable<int> columns)
    {
        long[] indices = [.. columns];
        return graph.Node("Gather", [x, graph.Integers(indices)], [indices.Length], ("axis", 1));
    }

    public OnnxValue Concat(IEnumerable<OnnxValue> parts)
    {
        List<OnnxValue> all = [.. parts];
        return graph.Node("Concat", all, [all.Sum(p => p.Shape[0])], ("axis", 1));
    }

    // Which of two images that are equally near in fp32 comes first is up to the runtime.
    public OnnxValue Votes(OnnxValue nearness, int k, int[] positions, int classes)
    {
        var nearest = graph.Nodes("TopK", [nearness, graph.Integers(k)], [[k], [k]], ("axis", 1))[1];
        var votes = new float[positions.Length * classes];
        for (var r = 0; r < positions.Length; r++) votes[r * classes + positions[r]] = 1;
        return graph.Reduce("ReduceMean",
            graph.Node("Gather", [graph.Constant(votes, [positions.Length, classes]), nearest], [k, classes]), 1);
    }

    public OnnxValue Row(IReadOnlyList<double> values) =>
        graph.Constant(OnnxWeights.Of([.. values]), [values.Count]) with { Shape = [values.Count] };

    public OnnxValue Number(double value) => graph.Number(value);

    public OnnxValue Binary(string kind, OnnxValue a, OnnxValue b)
    {
        var value = graph.Binary(kind, a, b);
        return kind is "Less" or "GreaterOrEqual" ? graph.Unary("Cast", value, ("to", 1)) : value;
    }

    public OnnxValue Unary(string kind, OnnxValue x) => graph.Unary(kind, x);
}
