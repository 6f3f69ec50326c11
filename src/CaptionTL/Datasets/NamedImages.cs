namespace CaptionTL.Datasets;

/// <summary>The images that a layout's files name, each once however often it is named, and account of what cannot be used.</summary>
/// <typeparam name="TContent">What is gathered for an image: captions, a label.</typeparam>
internal sealed class NamedImages<TContent>(DatasetFiles files) where TContent : new()
{
    internal sealed record Entry(string Id, string Path, TContent Content)
    {
        public Split? Split { get; set; }
    }

    private readonly Dictionary<string, Entry> _byPath = new(StringComparer.Ordinal);
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly List<DatasetProblem> _problems = [];

    /// <summary>In the order in which they were first named.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    public IReadOnlyList<DatasetProblem> Problems => [.. files.Problems, .. _problems];

    public void Problem(string where, string reason) => _problems.Add(new DatasetProblem(where, reason));

    /// <summary>Null, and a problem, where the name leads to no image.</summary>
    /// <param name="where">File and line, for the problem.</param>
    /// <param name="file">The file that names the image.</param>
    /// <param name="name">As it stands there.</param>
    public Entry? Find(string where, string file, string name)
    {
        string? path;
        try
        {
            path = files.FindImage(file, name);
        }
        catch (FormatException e)
        {
            Problem(where, e.Message);
            return null;
        }
        if (path is null)
        {
            // Five captions of one missing image are one problem.
            if (_missing.Add(name))
                Problem(where, $"the image {DatasetFiles.Shorten(name)} is not there (or two files of that name are)");
            return null;
        }
        // The path is unique, the file name alone may not be; mostly it is, and then it is the name people know.
        return _byPath.GetValueOrDefault(path) ?? Add(DatasetFiles.Normalize(name), path);
    }

    /// <summary>An image found by its place, not by a file that names it.</summary>
    public Entry Add(string id, string path)
    {
        var entry = new Entry(_ids.Add(id) ? id : path, path, new TContent());
        _ids.Add(entry.Id);
        _byPath.Add(path, entry);
        _entries.Add(entry);
        return entry;
    }

    public void Assign(string where, Entry entry, Split split)
    {
        if (entry.Split is { } other && other != split)
            Problem(where, $"{entry.Id} is in the split {split} and before in {other}: the first counts");
        else entry.Split = split;
    }

    /// <summary>
    /// Images that lie among the used ones but that no file names, and images outside the official splits, are problems.
    /// </summary>
    /// <param name="kind">"caption file", for the message.</param>
    /// <param name="items">What is used.</param>
    public void ReportUnused(string kind, IReadOnlyList<DatasetItem> items)
    {
        var folders = _entries.Select(e => DatasetFiles.Folder(e.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var image in files.Images.Where(p => !_byPath.ContainsKey(p) && folders.Contains(DatasetFiles.Folder(p))))
            Problem(image, $"no {kind} names the image");
        if (!items.Any(i => i.Split != null)) return;
        foreach (var item in items.Where(i => i.Split == null))
            Problem(item.Id, "the image is in none of the official splits and is not used");
    }
}

/// <summary>
/// The order in which people list names: numbers within them by value, letters whatever their case. Names that differ only in case or in
/// leading zeros follow each other in a fixed order. The same on every machine.
/// </summary>
public sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null) return string.CompareOrdinal(x, y);
        var (i, j) = (0, 0);
        while (i < x.Length && j < y.Length)
        {
            var difference = char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j])
                ? CompareNumbers(Number(x, ref i), Number(y, ref j))
                : char.ToUpperInvariant(x[i++]).CompareTo(char.ToUpperInvariant(y[j++]));
            if (difference != 0) return difference;
        }
        var rest = (x.Length - i).CompareTo(y.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(x, y);
    }

    /// <summary>The digits from <paramref name="at"/> on, which moves behind them, without leading zeros.</summary>
    private static ReadOnlySpan<char> Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }

    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
}
