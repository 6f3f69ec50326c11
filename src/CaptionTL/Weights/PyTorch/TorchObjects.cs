namespace CaptionTL.Weights.PyTorch;

/// <summary>What the few functions of <see cref="TorchGlobals"/> stand for: descriptions of tensors, no tensors yet.</summary>
internal static class TorchObjects
{
    private static readonly object Opaque = new();

    /// <summary>The storage behind a persistent reference: ('storage', type, key, place, count[, view]); null where it is none.</summary>
    public static StorageReference? Storage(object? reference)
    {
        if (reference is not PickleList { Items: ["storage", PickleGlobal type, string key, _, long count, ..] and { Count: <= 6 } items }
            || count < 0) return null;
        var untyped = type.Name == TorchGlobals.UntypedStorage;
        if (!untyped && (type.DType is null || !type.Name.EndsWith("Storage", StringComparison.Ordinal))) return null;
        return items.Count == 5 ? new StorageReference(key, type.DType, count, 0) : items[5] switch
        {
            null => new StorageReference(key, type.DType, count, 0),
            // Files of old versions: a part of another storage, (key of the view, first element, elements).
            PickleList { Items: [string, long start and >= 0, long size and >= 0] } when start <= count - size =>
                new StorageReference(key, type.DType, count, start),
            _ => null,
        };
    }

    /// <summary>Calls one of the functions.</summary>
    /// <returns>Its result, or null with the reason in <paramref name="problem"/>.</returns>
    public static object? Call(PickleGlobal function, IReadOnlyList<object?> arguments, out string problem)
    {
        problem = "its arguments are not those that torch writes";
        return (function.Name, arguments) switch
        {
            (TorchGlobals.OrderedDict, []) => new PickleDict(),
            (TorchGlobals.OrderedDict, [PickleList pairs]) => Dict(pairs),
            (TorchGlobals.RebuildTensor, [StorageReference s, long offset, PickleList size, PickleList stride]) =>
                Tensor(s, s.DType, offset, size, stride, out problem),
            (TorchGlobals.RebuildTensorV2, [StorageReference s, long offset, PickleList size, PickleList stride, bool, _,
                ..]) when arguments.Count <= 7 => Tensor(s, s.DType, offset, size, stride, out problem),
            (TorchGlobals.RebuildTensorV3, [StorageReference s, long offset, PickleList size, PickleList stride, bool, _,
                PickleGlobal type, ..]) when arguments.Count <= 8 && type.DType is not null =>
                Tensor(s, type.DType, offset, size, stride, out problem),
            (TorchGlobals.RebuildParameter, [TensorReference data, bool, _]) => data,
            (TorchGlobals.RebuildParameterWithState, [TensorReference data, bool, _, _]) => data,
            (TorchGlobals.Parameter, [TensorReference data]) => data,
            (TorchGlobals.Parameter, [TensorReference data, bool]) => data,
            (TorchGlobals.Size, [PickleList size]) when size.Items.All(n => n is long) => size,
            (TorchGlobals.Device, [string, ..]) => Opaque,
            _ => null,
        };
    }

    /// <summary>Python 2 hands an OrderedDict its items.</summary>
    private static PickleDict? Dict(PickleList pairs)
    {
        var dict = new PickleDict();
        foreach (var item in pairs.Items)
        {
            if (item is not PickleList { Items: [var key, var value] }) return null;
            dict.Add(key, value);
        }
        return dict;
    }

    private static TensorReference? Tensor(StorageReference storage, TensorDType? dtype, long offset, PickleList size, PickleList stride,
        out string problem)
    {
        problem = "the storage has no element type";
        if (dtype is not { } type) return null;
        problem = $"more than {TensorShapes.MaxDimensions} dimensions";
        if (size.Items.Count > TensorShapes.MaxDimensions) return null;
        problem = "sizes and strides are not whole numbers of equal count";
        if (size.Items.Count != stride.Items.Count || !size.Items.All(n => n is long) || !stride.Items.All(n => n is long)) return null;
        long[] shape = [.. size.Items.Select(n => (long)n!)], strides = [.. stride.Items.Select(n => (long)n!)];
        problem = $"a tensor of shape {TensorShapes.Text(shape)}, strides {TensorShapes.Text(strides)} and offset {offset} cannot be";
        if (offset < 0 || strides.Any(n => n < 0) || TensorShapes.ByteLength(type, shape) is null) return null;
        return new TensorReference(storage, type, offset, shape, strides);
    }
}

/// <summary>
/// The names a pickle of weights may mention, compared exactly and as a whole; everything else is refused. They stand
/// for what this reader does itself: no name leads to a type or a function of this process.
/// </summary>
internal static class TorchGlobals
{
    public const string OrderedDict = "collections.OrderedDict";
    public const string RebuildTensor = "torch._utils._rebuild_tensor";
    public const string RebuildTensorV2 = "torch._utils._rebuild_tensor_v2";
    public const string RebuildTensorV3 = "torch._utils._rebuild_tensor_v3";
    public const string RebuildParameter = "torch._utils._rebuild_parameter";
    public const string RebuildParameterWithState = "torch._utils._rebuild_parameter_with_state";
    public const string Parameter = "torch.nn.parameter.Parameter";
    public const string Size = "torch.Size";
    public const string Device = "torch.device";
    public const string UntypedStorage = "torch.storage.UntypedStorage";

    private static readonly Dictionary<string, PickleGlobal> Allowed = Build();

    /// <summary>The global of a module and a name, or null where it is not on the list.</summary>
    public static PickleGlobal? Find(string module, string name) =>
        !name.Contains('.', StringComparison.Ordinal) && Allowed.TryGetValue(module + "." + name, out var global)
            && global.Name.Length == module.Length + 1 + name.Length ? global : null;

    private static Dictionary<string, PickleGlobal> Build()
    {
        var allowed = new Dictionary<string, PickleGlobal>(StringComparer.Ordinal);
        foreach (var name in (string[])[OrderedDict, RebuildTensor, RebuildTensorV2, RebuildTensorV3, RebuildParameter,
            RebuildParameterWithState, Parameter, Size, Device, UntypedStorage])
            allowed.Add(name, new PickleGlobal(name));
        foreach (var (storage, type, dtype) in (ReadOnlySpan<(string, string, TensorDType)>)[
            ("Double", "float64", TensorDType.F64), ("Float", "float32", TensorDType.F32), ("Half", "float16", TensorDType.F16),
                ("BFloat16", "bfloat16", TensorDType.BF16),
            ("Long", "int64", TensorDType.I64), ("Int", "int32", TensorDType.I32), ("Short", "int16", TensorDType.I16),
                ("Char", "int8", TensorDType.I8),
            ("Byte", "uint8", TensorDType.U8), ("Bool", "bool", TensorDType.Bool), ("", "uint16", TensorDType.U16),
                ("", "uint32", TensorDType.U32), ("", "uint64", TensorDType.U64)])
        {
            if (storage.Length > 0) allowed.Add($"torch.{storage}Storage", new PickleGlobal($"torch.{storage}Storage", dtype));
            allowed.Add($"torch.{type}", new PickleGlobal($"torch.{type}", dtype));
        }
        return allowed;
    }
}

/// <summary>Where a storage's numbers lie in the file.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Crc">CRC-32 to be compared before the first use; null in the legacy format, which has none.</param>
internal sealed record TorchStorage(long Offset, long Length, uint? Crc)
{
    /// <summary>The sum was right.</summary>
    public bool IsChecked { get; set; } = Crc is null;
}

/// <summary>The legacy format does not say how wide a storage's elements are; the references to it do.</summary>
internal static class StorageTypes
{
    /// <summary>Elements and bytes of an element of every storage that is mentioned anywhere in a value.</summary>
    /// <exception cref="WeightFileException">Two mentions disagree.</exception>
    public static Dictionary<string, (long Count, int Width)> Of(object? root, MappedFile file)
    {
        var types = new Dictionary<string, (long Count, int Width)>(StringComparer.Ordinal);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object?>();
        open.Push(root);
        while (open.TryPop(out var value))
        {
            if (value is null or string or ValueType || !seen.Add(value)) continue;
            switch (value)
            {
                case TensorReference tensor: open.Push(tensor.Storage); break;
                case StorageReference storage: Note(storage); break;
                case PickleList list:
                    foreach (var item in list.Items) open.Push(item);
                    break;
                case PickleDict dict:
                    foreach (var (key, item) in dict.Items)
                    {
                        open.Push(key);
                        open.Push(item);
                    }
                    break;
                default: break;
            }
        }
        return types;

        void Note(StorageReference storage)
        {
            var type = (storage.Count, storage.DType?.Size() ?? 1);
            if (!types.TryAdd(storage.Key, type) && types[storage.Key] != type)
                throw file.Bad($"storage '{TensorShapes.Shown(storage.Key)}'", "is described twice, differently");
        }
    }
}

/// <summary>Gathers a strided view into row-major order.</summary>
internal static unsafe class StridedCopy
{
    /// <summary>
    /// The elements of storage that the view reaches: 1 + Σ (size − 1)·stride beyond the offset; null where that overflows, 0 for an empty
    /// view.
    /// </summary>
    public static long? Reach(long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var reach = (Int128)offset + 1;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0) return 0;
            reach += (Int128)(shape[i] - 1) * strides[i];
            if (reach > long.MaxValue) return null;
        }
        return (long)reach;
    }

    public static bool IsContiguous(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var expected = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected) return false;
            expected *= shape[i];
        }
        return true;
    }

    /// <param name="source">Address of the view's first element.</param>
    /// <param name="shape">Sizes; their product times <paramref name="width"/> is destination's length.</param>
    /// <param name="strides">Steps, in elements.</param>
    /// <param name="width">Bytes of an element: 1, 2, 4 or 8.</param>
    /// <param name="destination">Row-major.</param>
    public static void Copy(byte* source, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int width, Span<byte> destination)
    {
        if (destination.IsEmpty) return;
        if (IsContiguous(shape, strides))
        {
            new ReadOnlySpan<byte>(source, destination.Length).CopyTo(destination);
            return;
        }
        var (inner, step) = (shape[^1], strides[^1] * width);
        var index = new long[shape.Length - 1];
        fixed (byte* start = destination)
        {
            for (var to = start; to < start + destination.Length; to += inner * width)
            {
                CopyRow(source, step, to, inner, width);
                for (var d = index.Length - 1; d >= 0; d--)
                {
                    source += strides[d] * width;
                    if (++index[d] < shape[d]) break;
                    source -= strides[d] * shape[d] * width;
                    index[d] = 0;
                }
            }
        }
    }

    private static void CopyRow(byte* from, long step, byte* to, long count, int width)
    {
        switch (width)
        {
            case 1: for (var i = 0L; i < count; i++, from += step) to[i] = *from; break;
            case 2: for (var i = 0L; i < count; i++, from += step) ((ushort*)to)[i] = *(ushort*)from; break;
            case 4: for (var i = 0L; i < count; i++, from += step) ((uint*)to)[i] = *(uint*)from; break;
            default: for (var i = 0L; i < count; i++, from += step) ((ulong*)to)[i] = *(ulong*)from; break;
        }
    }
}
