using System.Collections;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Parameters by name, in the order in which they were added.</summary>
public class ParameterDict : nn.Module, IDictionary<string, Parameter>, IEnumerable<(string, Parameter)>
{
    private readonly OrderedDictionary<string, Parameter> _entries = [];

    public ParameterDict() : base(nameof(ParameterDict)) { }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse) =>
        _entries.Select(entry => (entry.Key, entry.Value));

    public override Parameter? get_parameter(string target) => _entries.GetValueOrDefault(target);

    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        foreach (var (key, parameter) in _entries.ToList())
        {
            if (!ReplaceParameter(dtype, device, parameter, out var moved)) continue;
            parameter.Dispose();
            _entries[key] = moved!;
        }
    }

    public Parameter this[string key]
    {
        get => _entries[key];
        set => _entries[key] = value;
    }

    public ICollection<string> Keys => _entries.Keys;

    public ICollection<Parameter> Values => _entries.Values;

    public int Count => _entries.Count;

    public bool IsReadOnly => false;

    public void Add(string key, Parameter value) => _entries.Add(key, value);

    public void Add((string, Parameter) item) => Add(item.Item1, item.Item2);

    public void Add(KeyValuePair<string, Parameter> item) => Add(item.Key, item.Value);

    public bool Remove(string key) => _entries.Remove(key);

    public bool Remove(KeyValuePair<string, Parameter> item) => Contains(item) && Remove(item.Key);

    public void Clear() => _entries.Clear();

    public void clear() => Clear();

    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    public bool Contains(KeyValuePair<string, Parameter> item) =>
        _entries.TryGetValue(item.Key, out var parameter) && ReferenceEquals(parameter, item.Value);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => _entries.TryGetValue(key, out value);

    public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, Parameter>>)_entries).CopyTo(array, arrayIndex);

    public IEnumerable<string> keys() => _entries.Keys;

    public IEnumerable<Parameter> values() => _entries.Values;

    public IEnumerator<(string, Parameter)> items() => GetEnumerator();

    public IEnumerator<(string, Parameter)> GetEnumerator() => _entries.Select(entry => (entry.Key, entry.Value)).GetEnumerator();

    IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
