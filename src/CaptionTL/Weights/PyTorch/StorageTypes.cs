namespace CaptionTL.Weights.PyTorch;

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
                throw file.Bad($"storage '{TensorShapes.Shown(storage.Key)}'", "is described in two ways");
        }
    }
}
