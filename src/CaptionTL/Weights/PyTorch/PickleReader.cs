using System.Buffers.Binary;
using System.Text;

namespace CaptionTL.Weights.PyTorch;

/// <summary>
/// A small interpreter of Python's pickle format (protocols 2 to 5, documented in CPython's Lib/pickletools.py), for weights
/// only: it builds numbers, texts, lists and dicts, knows the few names of <see cref="TorchGlobals"/> and refuses all others, so
/// nothing of what a pickle asks for is ever run. Opcodes, text and memory are bounded; there is no recursion.
/// </summary>
/// <param name="data">Begins with the pickle; what follows its end is left alone.</param>
/// <param name="file">For messages.</param>
/// <param name="origin">Where <paramref name="data"/> begins in the file, for messages.</param>
internal ref struct PickleReader(ReadOnlySpan<byte> data, string file, string origin)
{
    private const int MaxOperations = 500_000;
    private const int MaxTextBytes = 8 << 20;
    private const int MaxOneText = 64 << 10;
    private const int MaxOneBytes = 1 << 20;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;
    private int _textBytes;
    private int _handedOver;

    /// <summary>Bytes read so far; after <see cref="Read"/>, the pickle's length.</summary>
    public readonly int Position => _at;

    /// <summary>Runs one pickle to its end.</summary>
    /// <exception cref="WeightFileException">Anything that a pickle of weights does not hold.</exception>
    public object? Read()
    {
        for (var operations = 0; operations < MaxOperations; operations++)
        {
            var at = _at;
            var code = Take(1)[0];
            if (at == 0 && code != 0x80) throw Bad("it does not begin with a protocol number");
            if (code == '.') return End();
            Step(code, at);
        }
        throw Bad($"it has more than {MaxOperations} operations");
    }

    private void Step(byte code, int at)
    {
        switch ((char)code)
        {
            case '\x80': RequireProtocol(Take(1)[0]); break;
            case '\x95': if (BinaryPrimitives.ReadUInt64LittleEndian(Take(8)) > (ulong)(_data.Length - _at)) throw Bad("a frame is "
                + "longer than the pickle"); break;
            case '(': _marks.Add(_stack.Count); break;
            case '0': Pop(); break;
            case '1': PopToMark(); break;
            case 'N': Push(null); break;
            case '\x88': Push(true); break;
            case '\x89': Push(false); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 'K': Push((long)Take(1)[0]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case '\x8a': Push(Integer(Take(1)[0])); break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case 'X': Push(Text(Length32())); break;
            case '\x8c': Push(Text(Take(1)[0])); break;
            case 'U': Push(ByteText(Take(1)[0])); break; // str of Python 2
            case 'T': Push(ByteText(Length32())); break;
            case 'B': Push(Bytes(Length32())); break;
            case 'C': Push(Bytes(Take(1)[0])); break;
            case '}': Push(new PickleDict()); break;
            case ']' or ')' or '\x8f': Push(new PickleList()); break;
            case 't' or 'l': Push(new PickleList(PopToMark())); break;
            case '\x85' or '\x86' or '\x87': Push(Tuple(code - 0x84)); break;
            case 'a': AddTo(Pop()); break;
            case 'e' or '\x90': AddAll(PopToMark()); break;
            case 's': SetItem(); break;
            case 'u': SetItems(Peek() as PickleDict, PopToMark()); break;
            case 'q': Memoize(Take(1)[0]); break;
            case 'r': Memoize(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case '\x94': Memoize((uint)_memo.Count); break;
            case 'h': Push(Recall(Take(1)[0])); break;
            case 'j': Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 'c': Push(Global(Line(), Line())); break;
            case '\x93': StackGlobal(); break;
            case 'R': Reduce(); break;
            case 'b': Build(); break;
            case 'Q': Push(TorchObjects.Storage(Pop()) ?? throw Bad($"the reference at byte {at} is not one to a storage")); break;
            default: throw Refused(code, at);
        }
    }

    private readonly object? End() =>
        _stack.Count == 1 && _marks.Count == 0 ? _stack[0] : throw Bad($"it ends with {_stack.Count} values in place of one");

    private readonly void RequireProtocol(byte protocol)
    {
        if (_at != 2) throw Bad("a protocol number stands in the middle");
        if (protocol is < 2 or > 5) throw Bad($"protocol {protocol} is none of 2 to 5");
    }

    private readonly void Push(object? value) => _stack.Add(value);

    /// <summary>Values below the last mark belong to what was begun before it.</summary>
    private readonly int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private readonly object? Pop()
    {
        if (_stack.Count <= Floor) throw Bad("it takes a value that is not there");
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly List<object?> PopToMark()
    {
        if (_marks.Count == 0) throw Bad("it takes a mark that is not there");
        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var values = _stack.GetRange(start, _stack.Count - start);
        _stack.RemoveRange(start, values.Count);
        return values;
    }

    /// <summary>The value before the last mark: what the values after it are put into.</summary>
    private readonly object? Peek() => _marks.Count > 0 && _marks[^1] > 0 ? _stack[_marks[^1] - 1] : null;

    private readonly PickleList Tuple(int count)
    {
        if (_stack.Count - Floor < count) throw Bad("it takes a value that is not there");
        var items = _stack.GetRange(_stack.Count - count, count);
        _stack.RemoveRange(_stack.Count - count, count);
        return new PickleList(items);
    }

    private readonly void AddTo(object? item)
    {
        if (_stack.Count == 0 || _stack[^1] is not PickleList list) throw Bad("it adds to something that is not a list");
        list.Add(item);
    }

    private readonly void AddAll(List<object?> items)
    {
        foreach (var item in items) AddTo(item);
    }

    private readonly void SetItem()
    {
        var value = Pop();
        var key = Pop();
        if (_stack.Count == 0 || _stack[^1] is not PickleDict dict) throw Bad("it sets an item of something that is not a dict");
        dict.Add(key, value);
    }

    private readonly void SetItems(PickleDict? dict, List<object?> items)
    {
        if (dict is null || items.Count % 2 != 0) throw Bad("it sets items of something that is not a dict, or a key without a value");
        for (var i = 0; i < items.Count; i += 2) dict.Add(items[i], items[i + 1]);
    }

    private readonly void Memoize(uint index)
    {
        if (_stack.Count <= Floor) throw Bad("it remembers a value that is not there");
        _memo[index] = _stack[^1];
    }

    private readonly object? Recall(uint index) => _memo.TryGetValue(index, out var value) ? value
        : throw Bad($"it recalls value {index}, which it never remembered");

    private readonly void StackGlobal()
    {
        if (Pop() is not string name || Pop() is not string module) throw Bad("it names a global by something other than text");
        Push(Global(module, name));
    }

    private readonly PickleGlobal Global(string module, string name) => TorchGlobals.Find(module, name) ?? throw Bad(
        $"it asks for '{TensorShapes.Shown(module)}.{TensorShapes.Shown(name)}', which weights do not need; nothing of it was run. "
        + "Only plain state dicts are read: in Python, load it where you trust it and save model.state_dict()");

    private void Reduce()
    {
        var arguments = Pop();
        if (Pop() is not PickleGlobal function || arguments is not PickleList list) throw Bad("it calls something that is not a function");
        // The same long list can be remembered and handed over again and again.
        _handedOver += list.Items.Sum(a => a is PickleList inner ? inner.Items.Count : 0);
        if (_handedOver > MaxOperations) throw Bad("it hands over too many values");
        Push(TorchObjects.Call(function, list.Items, out var problem) ?? throw Bad($"{function.Name}: {problem}"));
    }

    /// <summary>An OrderedDict's own attributes (torch keeps version numbers there); no other object has any.</summary>
    private readonly void Build()
    {
        var state = Pop();
        if (_stack.Count == 0 || _stack[^1] is not PickleDict || state is not PickleDict)
            throw Bad("it gives a state to something other than an OrderedDict");
    }

    private object Integer(int bytes)
    {
        if (bytes > 16) throw Bad($"a whole number of {bytes} bytes");
        var little = Take(bytes);
        var value = bytes > 0 && little[^1] >= 0x80 ? Int128.NegativeOne : Int128.Zero;
        for (var i = bytes - 1; i >= 0; i--) value = (value << 8) | little[i];
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value; // boxed as what it is
    }

    private string Text(int length)
    {
        try
        {
            return Utf8.GetString(Counted(length, MaxOneText));
        }
        catch (DecoderFallbackException)
        {
            throw Bad("a text is not valid UTF-8");
        }
    }

    private string ByteText(int length) => Encoding.Latin1.GetString(Counted(length, MaxOneText));

    private PickleBytes Bytes(int length)
    {
        if (length > MaxOneBytes) throw Bad($"a byte string of {length} bytes");
        Take(length);
        return PickleBytes.Instance;
    }

    private ReadOnlySpan<byte> Counted(int length, int limit)
    {
        if (length > limit || (_textBytes += length) > MaxTextBytes) throw Bad($"a text of {length} bytes, or too much text in all");
        return Take(length);
    }

    private string Line()
    {
        var end = _data[_at..].IndexOf((byte)'\n');
        if (end is < 0 or > 1000) throw Bad("a name without an end");
        var line = Text(end);
        _at++;
        return line;
    }

    private int Length32()
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        return length <= int.MaxValue ? (int)length : throw Bad($"a length of {length} bytes");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _data.Length - _at) throw Bad("it is cut off");
        _at += count;
        return _data.Slice(_at - count, count);
    }

    private readonly WeightFileException Refused(byte code, int at) =>
        Bad(code is (byte)'i' or (byte)'o' or 0x81 or 0x92
            ? $"it wants to make an object (opcode 0x{code:x2} at byte {at}); weights do not need that, nothing was run"
            : $"opcode 0x{code:x2} at byte {at} does not occur in weights");

    private readonly WeightFileException Bad(string reason) => new(file, $"{origin}, byte {_at}", reason);
}

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
