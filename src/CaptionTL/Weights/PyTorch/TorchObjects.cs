namespace CaptionTL.Weights.PyTorch;

/// <summary>What the few functions of <see cref="TorchGlobals"/> stand for: descriptions of tensors, no tensors yet.</summary>
internal static class TorchObjects
{
    private static readonly object Opaque = new();

    /// <summary>The storage behind a persistent reference: ('storage', type, key, place, count[, view]); null where it is none.</summary>
    public static StorageReference? Storage(object? reference)
    {
        if (reference is not PickleList { Items: ["storage", PickleGlobal type, string key, _, long count, ..] and { Count: <= 6 } items } || count < 0) return null;
        var untyped = type.Name == TorchGlobals.UntypedStorage;
        if (!untyped && (type.DType is null || !type.Name.EndsWith("Storage", StringComparison.Ordinal))) return null;
        return items.Count == 5 ? new StorageReference(key, type.DType, count, 0) : items[5] switch
        {
            null => new StorageReference(key, type.DType, count, 0),
            // Files of old versions: a part of another storage, (key of the view, first element, elements).
            PickleList { Items: [string, long start and >= 0, long size and >= 0] } when start <= count - size => new StorageReference(key, type.DType, count, start),
            _ => null,
        };
    }

    /// <summary>Calls one of the functions.</summary>
    /// <returns>Its result, or null with the reason in <paramref name="problem"/>.</returns>
    public static object? Call(PickleGlobal function, IReadOnlyList<object?> arguments, out string problem)
    {
        problem = "it is called with something else than torch calls it with";
        return (function.Name, arguments) switch
        {
            (TorchGlobals.OrderedDict, []) => new PickleDict(),
            (TorchGlobals.OrderedDict, [PickleList pairs]) => Dict(pairs),
            (TorchGlobals.RebuildTensor, [StorageReference s, long offset, PickleList size, PickleList stride]) => Tensor(s, s.DType, offset, size, stride, out problem),
            (TorchGlobals.RebuildTensorV2, [StorageReference s, long offset, PickleList size, PickleList stride, bool, _, ..]) when arguments.Count <= 7 => Tensor(s, s.DType, offset, size, stride, out problem),
            (TorchGlobals.RebuildTensorV3, [StorageReference s, long offset, PickleList size, PickleList stride, bool, _, PickleGlobal type, ..]) when arguments.Count <= 8 && type.DType is not null =>
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

    private static TensorReference? Tensor(StorageReference storage, TensorDType? dtype, long offset, PickleList size, PickleList stride, out string problem)
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
