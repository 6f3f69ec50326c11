using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>
/// Writes down the operators that a computation calls on its inputs. What it computes from constants alone is carried out and kept as a
/// constant. Networks need no second description of themselves for this: what runs is what is written down.
/// </summary>
internal sealed class OperatorTrace : IOpObserver
{
    private readonly Dictionary<nint, TracedValue> _values = [];
    private readonly Dictionary<nint, TracedValue> _constants = [];
    private readonly List<TracedCall> _calls = [];

    private OperatorTrace()
    {
    }

    public static bool IsPossible => true;

    /// <param name="inputs">Of the shapes that the computation takes; their values do not matter.</param>
    /// <param name="run">The computation, in inference mode.</param>
    public static TracedGraph Run(IReadOnlyList<Tensor> inputs, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> run)
    {
        using var _ = inference_mode();
        var trace = new OperatorTrace();
        var values = inputs.Select(trace.Begin).ToList();
        var before = Op.Observer;
        Op.Observer = trace;
        try
        {
            var outputs = run(inputs);
            return new TracedGraph(values, trace._calls, [.. outputs.Select(o => trace._values.GetValueOrDefault(o.Handle) ?? throw new ArgumentException("an output does not depend on the inputs", nameof(run)))], [.. trace._constants.Values]);
        }
        finally
        {
            Op.Observer = before;
        }
    }

    void IOpObserver.Called(string name, string overload, ReadOnlySpan<Value> args, ReadOnlySpan<nint> results)
    {
        var inPlace = name.EndsWith('_');
        ReadOnlySpan<nint> changed = inPlace && args[0].Reference is Tensor first ? [first.Handle] : results;
        if (!DependsOnInputs(args))
        {
            foreach (var handle in changed) _values.Remove(handle);
            return;
        }
        var arguments = new object?[args.Length];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = Argument(args[i]);
        var values = new List<TracedValue>();
        foreach (var handle in changed) values.Add(_values[handle] = Describe(handle));
        _calls.Add(new TracedCall((inPlace ? name[..^1] : name) + (overload.Length > 0 ? "." + overload : ""), arguments, values));
    }

    private TracedValue Begin(Tensor input) => _values[input.Handle] = Describe(input.Handle);

    private bool DependsOnInputs(ReadOnlySpan<Value> args)
    {
        foreach (ref readonly var arg in args)
        {
            if (arg.Reference is Tensor tensor && _values.ContainsKey(tensor.Handle)) return true;
            if (arg.Reference is Tensor?[] list && list.Any(t => t is not null && _values.ContainsKey(t.Handle))) return true;
        }
        return false;
    }

    private object? Argument(in Value value) => value.Kind switch
    {
        ValueKind.Tensor => Of((Tensor)value.Reference!),
        ValueKind.TensorList => ((Tensor[])value.Reference!).Select(Of).ToArray(),
        ValueKind.Int => value.Bits,
        ValueKind.Bool => value.Bits != 0,
        ValueKind.Double => BitConverter.Int64BitsToDouble(value.Bits),
        ValueKind.None or ValueKind.Missing => null,
        _ => value.Reference,
    };

    // A constant is held on to, so that no other tensor gets its place in memory, and with it its handle.
    private TracedValue Of(Tensor tensor)
    {
        if (_values.TryGetValue(tensor.Handle, out var known) || _constants.TryGetValue(tensor.Handle, out known)) return known;
        return _constants[tensor.Handle] = Describe(tensor.Handle) with { Constant = tensor.Share().DetachFromDisposeScope() };
    }

    private static unsafe TracedValue Describe(nint handle)
    {
        TensorInfo info;
        Native.Check(NativeMethods.ct_tensor_info(handle, &info));
        return new TracedValue(new ReadOnlySpan<long>(info.Sizes, (int)info.Dimensions).ToArray(), (ScalarType)info.Dtype);
    }
}
