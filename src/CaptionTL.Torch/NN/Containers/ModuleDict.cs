using System.Collections;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules by name, in the order in which they were added. They are registered when the dictionary itself is.</summary>
public class ModuleDict<T> : nn.Module, IDictionary<string, T>, IEnumerable<(string, T)> where T : nn.Module
{
    private readonly OrderedDictionary<string, T> _modules = [];
    private bool _registered;

    public ModuleDict() : base("ModuleDict") { }

    protected override void RegisterComponents()
    {
        if (_registered) return;
        foreach (var (key, module) in _modules) register_module(key, module);
        _registered = true;
    }

    public T this[string key]
    {
        get => _modules[key];
        set => _modules[key] = value;
    }

    public ICollection<string> Keys => _modules.Keys;

    public ICollection<T> Values => _modules.Values;

    public int Count => _modules.Count;

    public bool IsReadOnly => false;

    public void Add(string key, T value) => _modules.Add(key, value);

    public void Add((string, T) item) => Add(item.Item1, item.Item2);

    public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

    public bool Remove(string key) => _modules.Remove(key);

    public bool Remove(KeyValuePair<string, T> item) => Contains(item) && Remove(item.Key);

    public void Clear() => _modules.Clear();

    public void clear() => Clear();

    public bool ContainsKey(string key) => _modules.ContainsKey(key);

    public bool Contains(KeyValuePair<string, T> item) => _modules.TryGetValue(item.Key, out var module) && ReferenceEquals(module, item.Value);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _modules.TryGetValue(key, out value);

    public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, T>>)_modules).CopyTo(array, arrayIndex);

    public IEnumerable<string> keys() => _modules.Keys;

    public IEnumerable<T> values() => _modules.Values;

    public IEnumerator<(string, T)> items() => GetEnumerator();

    public IEnumerator<(string, T)> GetEnumerator() => _modules.Select(entry => (entry.Key, entry.Value)).GetEnumerator();

    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
