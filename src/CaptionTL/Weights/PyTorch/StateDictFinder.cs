using System.Globalization;

namespace CaptionTL.Weights.PyTorch;

/// <summary>
/// Finds the state dict in what a checkpoint holds: the whole of it, or under one of the names that training scripts give it.
/// </summary>
internal static class StateDictFinder
{
    private const int MaxDepth = 4;

    /// <summary>In order of preference: averaged weights are what a training's authors publish scores of.</summary>
    private static readonly string[] Wrappers =
    [
        "state_dict_ema", "model_ema", "ema_state_dict", "ema_model", "ema", "params_ema",
        "state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "params", "backbone", "encoder",
    ];

    /// <summary>The state dict's tensors by name.</summary>
    /// <param name="root">What the pickle gave.</param>
    /// <param name="file">For messages.</param>
    /// <param name="notes">Is given the entry it was found under, and the plain values beside it.</param>
    /// <exception cref="WeightFileException">There is none, or a name occurs twice.</exception>
    public static Dictionary<string, TensorReference> Find(object? root, string file, Dictionary<string, string> notes)
    {
        if (root is not PickleDict dict)
            throw new WeightFileException(file, "pickle", "it holds no dict of tensors: save model.state_dict()");
        var path = new List<string>();
        var known = new Dictionary<PickleDict, bool>(); // by reference: PickleDict has no equality of its own
        while (path.Count < MaxDepth && Inner(dict, known) is var (key, inner))
        {
            Note(dict, notes);
            path.Add(key);
            dict = inner;
        }
        if (!HasTensors(dict, known))
            throw new WeightFileException(file, "pickle", $"no state dict is in it; what is there: {Keys(dict)}");
        if (path.Count > 0) notes["entry"] = string.Join('/', path);
        var tensors = new Dictionary<string, TensorReference>(StringComparer.Ordinal);
        foreach (var (key, value) in dict.Items)
        {
            if (value is not TensorReference tensor) continue;
            if (key is not string name) throw new WeightFileException(file, "pickle", "a tensor's name is not text");
            if (!tensors.TryAdd(name, tensor)) throw new WeightFileException(file, $"tensor '{TensorShapes.Shown(name)}'", "occurs twice");
        }
        return tensors;
    }

    private static (string Key, PickleDict Inner)? Inner(PickleDict dict, Dictionary<PickleDict, bool> known)
    {
        foreach (var wrapper in Wrappers)
            if (dict.Find(wrapper) is PickleDict inner && (HasTensors(inner, known)
                || inner.Items.Any(i => i.Value is PickleDict d && HasTensors(d, known)))) return (wrapper, inner);
        if (HasTensors(dict, known)) return null;
        var only = dict.Items.Where(i => i.Key is string && i.Value is PickleDict d && HasTensors(d, known)).Take(2).ToList();
        return only.Count == 1 ? ((string)only[0].Key!, (PickleDict)only[0].Value!) : null;
    }

    /// <summary>Remembered, because one dict may hang in many places.</summary>
    private static bool HasTensors(PickleDict dict, Dictionary<PickleDict, bool> known)
    {
        if (!known.TryGetValue(dict, out var has)) known[dict] = has = dict.Items.Any(i => i.Value is TensorReference);
        return has;
    }

    private static string Keys(PickleDict dict)
    {
        var keys = dict.Items.Select(i => i.Key).OfType<string>().Take(8).Select(TensorShapes.Shown).ToList();
        return keys.Count == 0 ? "nothing" : string.Join(", ", keys) + (dict.Items.Count > keys.Count ? ", …" : "");
    }

    /// <summary>Epoch, architecture's name and such.</summary>
    private static void Note(PickleDict dict, Dictionary<string, string> notes)
    {
        foreach (var (key, value) in dict.Items)
        {
            if (key is not string name || notes.Count >= 32) continue;
            var text = value switch
            {
                string s => s,
                bool b => b ? "true" : "false",
                long n => n.ToString(CultureInfo.InvariantCulture),
                double d => d.ToString(CultureInfo.InvariantCulture),
                _ => null,
            };
            if (text is not null) notes.TryAdd(TensorShapes.Shown(name), TensorShapes.Shown(text));
        }
    }
}
