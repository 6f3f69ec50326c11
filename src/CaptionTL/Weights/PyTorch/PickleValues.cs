namespace CaptionTL.Weights.PyTorch;

// What a pickle can build here: null, bool, long, Int128, double, string, PickleBytes, and these.

/// <summary>A tuple, a list or a set.</summary>
internal sealed class PickleList(List<object?>? items = null)
{
    private List<object?>? _items = items;

    public IReadOnlyList<object?> Items => (IReadOnlyList<object?>?)_items ?? [];

    public void Add(object? item) => (_items ??= []).Add(item);
}

/// <summary>A dict or an OrderedDict, in order, nothing overwritten.</summary>
internal sealed class PickleDict
{
    private List<KeyValuePair<object?, object?>>? _items;

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => (IReadOnlyList<KeyValuePair<object?, object?>>?)_items ?? [];

    public void Add(object? key, object? value) => (_items ??= []).Add(new(key, value));

    /// <summary>The value of a text key, or null.</summary>
    public object? Find(string key)
    {
        foreach (var item in Items)
            if (item.Key is string text && text == key) return item.Value;
        return null;
    }
}

/// <summary>Bytes whose content does not matter for weights.</summary>
internal sealed class PickleBytes
{
    public static readonly PickleBytes Instance = new();
}

/// <summary>One of the names of <see cref="TorchGlobals"/>; only ever compared, never resolved to anything.</summary>
/// <param name="Name">Module and name with a full stop between.</param>
/// <param name="DType">Where it is a storage or an element type.</param>
internal sealed record PickleGlobal(string Name, TensorDType? DType = null);

/// <summary>A block of numbers that lies outside the pickle.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="DType">Null where the tensors on it say it (untyped storages; then <paramref name="Count"/> counts bytes).</param>
/// <param name="Count">Elements of the whole block.</param>
/// <param name="Start">The first element that belongs to this view of it.</param>
internal sealed record StorageReference(string Key, TensorDType? DType, long Count, long Start);

/// <summary>A tensor as a view of a storage; offset and strides count elements.</summary>
internal sealed record TensorReference(StorageReference Storage, TensorDType DType, long Offset, long[] Shape, long[] Strides);
