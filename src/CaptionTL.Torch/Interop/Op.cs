using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// One ATen operator, called through libtorch's dispatcher with autograd and all. How to use it:
/// <code>
/// private static readonly Op conv2d = new("conv2d");              // schema aten::conv2d
/// private static readonly Op addScalar = new("add", "Scalar");    // schema aten::add.Scalar
/// Tensor y = conv2d.Call(x, weight, bias, stride, padding);       // what is left out at the end takes the schema's default
/// addInPlace.Run(x, y, Value.Default);                            // results dropped; Value.Default in the middle
/// var (values, indices) = topk.Call2(x, k, -1, true, true);       // Call3, Call4 likewise
/// Tensor[] parts = split.CallList(x, size, dim);                  // for schemas that return Tensor[]
/// bool same = equal.CallBool(a, b);
/// </code>
/// Arguments come in the schema's order (native_functions.yaml of PyTorch; keyword-only ones follow the others);
/// everything <see cref="Value"/> converts from may be passed, null included where the schema is optional
/// (<c>Tensor?</c>, <c>int?</c>, <c>ScalarType?</c>).
/// Errors are libtorch's own message in an ExternalException. The operator is looked up at the first call; a call costs
/// about a microsecond and does not allocate but for the tensors returned. Results join the current dispose scope.
/// </summary>
internal sealed unsafe class Op(string name, string overload = "")
{
    private const int MaxResults = 8;

    // Numbers and handles of list arguments are laid side by side here while the call lasts.
    private const int StackWords = 128;

    private nint handle;

    /// <summary>Is told of every operator that this thread has called; null for nobody.</summary>
    [field: ThreadStatic]
    internal static IOpObserver? Observer { get; set; }

    public override string ToString() => overload.Length == 0 ? $"aten::{name}" : $"aten::{name}.{overload}";

    public Tensor Call(params ReadOnlySpan<Value> args)
    {
        NativeValue result = default;
        Invoke(args, &result, 1);
        return Take(result)!;
    }

    /// <summary>Null where libtorch returns an undefined tensor.</summary>
    public Tensor? CallOptional(params ReadOnlySpan<Value> args)
    {
        NativeValue result = default;
        Invoke(args, &result, 1);
        return Take(result);
    }

    public (Tensor, Tensor) Call2(params ReadOnlySpan<Value> args)
    {
        var results = stackalloc NativeValue[MaxResults];
        Invoke(args, results, 2);
        return (Take(results[0])!, Take(results[1])!);
    }

    public (Tensor, Tensor, Tensor) Call3(params ReadOnlySpan<Value> args)
    {
        var results = stackalloc NativeValue[MaxResults];
        Invoke(args, results, 3);
        return (Take(results[0])!, Take(results[1])!, Take(results[2])!);
    }

    public (Tensor, Tensor, Tensor, Tensor) Call4(params ReadOnlySpan<Value> args)
    {
        var results = stackalloc NativeValue[MaxResults];
        Invoke(args, results, 4);
        return (Take(results[0])!, Take(results[1])!, Take(results[2])!, Take(results[3])!);
    }

    /// <summary>For schemas that return Tensor[].</summary>
    public Tensor[] CallList(params ReadOnlySpan<Value> args)
    {
        NativeValue result = default;
        Invoke(args, &result, 1);
        if (result.Kind != ValueKind.TensorList) throw new InvalidOperationException($"{this} returned {result.Kind}, not a list of tensors");
        var handles = new ReadOnlySpan<nint>((void*)result.Bits, result.Length);
        var tensors = new Tensor[handles.Length];
        for (var k = 0; k < tensors.Length; k++) tensors[k] = Native.Wrap(handles[k])!;
        NativeMethods.ct_free((nint)result.Bits);
        return tensors;
    }

    /// <summary>Drops what the operator returns; for those that work in place.</summary>
    public void Run(params ReadOnlySpan<Value> args) => Invoke(args, null, 0);

    /// <summary>For operators that work in place: returns the first argument itself.</summary>
    public Tensor InPlace(params ReadOnlySpan<Value> args)
    {
        Invoke(args, null, 0);
        return (Tensor)args[0].Reference!;
    }

    /// <summary>For operators with an out argument, which is among the arguments and is returned.</summary>
    public Tensor Into(Tensor result, params ReadOnlySpan<Value> args)
    {
        Invoke(args, null, 0);
        return result;
    }

    public bool CallBool(params ReadOnlySpan<Value> args) => CallNumber(args).Bits != 0;

    public long CallLong(params ReadOnlySpan<Value> args) => CallNumber(args).Bits;

    public double CallDouble(params ReadOnlySpan<Value> args) => BitConverter.Int64BitsToDouble(CallNumber(args).Bits);

    /// <summary>A number as the operator returned it (bool, int or double).</summary>
    public NativeValue CallNumber(ReadOnlySpan<Value> args)
    {
        NativeValue result = default;
        Invoke(args, &result, 1);
        return result;
    }

    private static Tensor? Take(NativeValue result) => result.Kind == ValueKind.Tensor && result.Bits != 0 ? new Tensor((nint)result.Bits) : null;

    private void Invoke(ReadOnlySpan<Value> args, NativeValue* results, int capacity)
    {
        if (handle == 0) Find();
        var native = stackalloc NativeValue[args.Length];
        var words = Measure(args);
        long[]? rented = null;
        Span<long> scratch = words == 0 ? default : words <= StackWords ? stackalloc long[words] : (rented = ArrayPool<long>.Shared.Rent(words));
        int found, failed;
        fixed (long* buffer = scratch)
        {
            var next = buffer;
            for (var k = 0; k < args.Length; k++) Lay(args[k], ref native[k], ref next);
            failed = NativeMethods.ct_op_call(handle, native, args.Length, results, capacity, &found);
        }
        if (rented is not null) ArrayPool<long>.Shared.Return(rented);
        if (failed == 0) Observer?.Called(name, overload, args, Handles(results, capacity));
        foreach (ref readonly var argument in args) GC.KeepAlive(argument.Reference);
        Native.Check(failed);
    }

    /// <summary>The tensors among the results, those of a list one by one.</summary>
    private static nint[] Handles(NativeValue* results, int capacity)
    {
        var handles = new List<nint>();
        for (var k = 0; k < capacity; k++)
        {
            if (results[k].Kind == ValueKind.Tensor) handles.Add((nint)results[k].Bits);
            else if (results[k].Kind == ValueKind.TensorList) handles.AddRange(new ReadOnlySpan<nint>((void*)results[k].Bits, results[k].Length));
        }
        return [.. handles];
    }

    /// <summary>Words of scratch memory that the list arguments need.</summary>
    private static int Measure(ReadOnlySpan<Value> args)
    {
        var words = 0;
        foreach (ref readonly var a in args)
        {
            if (a.Kind is >= ValueKind.IntList and <= ValueKind.TensorList) words += a.Length;
            else if (a.Kind == ValueKind.Complex) words += 2;
            else if (a.Kind == ValueKind.String) words += Encoding.UTF8.GetByteCount((string)a.Reference!) / sizeof(long) + 1;
        }
        return words;
    }

    private static void Lay(in Value a, ref NativeValue to, ref long* next)
    {
        to.Kind = a.Kind;
        to.Length = a.Length;
        to.Bits = a.Bits;
        switch (a.Kind)
        {
            case ValueKind.IntList:
                ((long[])a.Reference!).CopyTo(new Span<long>(next, a.Length));
                Advance(ref to, ref next, a.Length);
                break;
            case ValueKind.DoubleList:
                ((double[])a.Reference!).CopyTo(new Span<double>(next, a.Length));
                Advance(ref to, ref next, a.Length);
                break;
            case ValueKind.BoolList:
                ((bool[])a.Reference!).CopyTo(new Span<bool>(next, a.Length));
                Advance(ref to, ref next, a.Length);
                break;
            case ValueKind.TensorList:
                var tensors = (Tensor?[])a.Reference!;
                for (var k = 0; k < tensors.Length; k++) next[k] = tensors[k] is { } t ? t.Handle : 0;
                Advance(ref to, ref next, a.Length);
                break;
            case ValueKind.Complex:
                ((double[])a.Reference!).CopyTo(new Span<double>(next, 2));
                Advance(ref to, ref next, 2);
                break;
            case ValueKind.String:
                var text = (string)a.Reference!;
                to.Length = Encoding.UTF8.GetBytes(text, new Span<byte>(next, Encoding.UTF8.GetByteCount(text)));
                Advance(ref to, ref next, to.Length / sizeof(long) + 1);
                break;
            default:
                break;
        }
    }

    private static void Advance(ref NativeValue to, ref long* next, int words)
    {
        to.Bits = (long)next;
        next += words;
    }

    /// <summary>Looks the operator up; throws where this libtorch has none of that name and overload.</summary>
    internal void Find()
    {
        fixed (byte* n = Encoding.UTF8.GetBytes($"{(name.Contains("::", StringComparison.Ordinal) ? "" : "aten::")}{name}\0"), o = Encoding.UTF8.GetBytes(overload + "\0"))
        {
            nint found;
            Native.Check(NativeMethods.ct_op_find(n, o, &found));
            handle = found;
        }
    }
}
