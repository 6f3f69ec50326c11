namespace CaptionTL.Evaluation;

/// <summary>Numbers words from 1 on, so that captions can be compared as numbers.</summary>
internal sealed class WordNumbers
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Numbers of the words; new words get the next ones.</summary>
    public int[] Add(IReadOnlyList<string> words)
    {
        var numbers = new int[words.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!_numbers.TryGetValue(words[i], out numbers[i]))
                _numbers.Add(words[i], numbers[i] = _numbers.Count + 1);
        }
        return numbers;
    }

    /// <summary>The same without taking new words in: they get numbers that differ from all others within this caption only.</summary>
    public int[] Find(IReadOnlyList<string> words)
    {
        var numbers = new int[words.Count];
        Dictionary<string, int>? unknown = null;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (_numbers.TryGetValue(words[i], out numbers[i])) continue;
            unknown ??= new(StringComparer.Ordinal);
            if (!unknown.TryGetValue(words[i], out numbers[i]))
                unknown.Add(words[i], numbers[i] = _numbers.Count + unknown.Count + 1);
        }
        return numbers;
    }
}
