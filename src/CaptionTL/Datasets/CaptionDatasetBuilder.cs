namespace CaptionTL.Datasets;

/// <summary>Gathers what a layout's files say line by line, and keeps account of what cannot be used.</summary>
internal sealed class CaptionDatasetBuilder(DatasetFiles files, string layout)
{
    private sealed record Entry(string Id, string Path, List<string> Captions)
    {
        public Split? Split { get; set; }
    }

    private readonly Dictionary<string, Entry> _byPath = new(StringComparer.Ordinal);
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly List<DatasetProblem> _problems = [];

    public DatasetFiles Files => files;

    public void Problem(string where, string reason) => _problems.Add(new DatasetProblem(where, reason));

    /// <summary>Finds the picture and gives it the captions; what is wrong becomes a problem.</summary>
    /// <param name="file">The caption file.</param>
    /// <param name="line">Its line, or 0.</param>
    /// <param name="name">The picture, as the file names it.</param>
    /// <param name="captions">Untouched text.</param>
    /// <param name="split">The official split, if any.</param>
    public void Add(string file, int line, string name, IEnumerable<string?> captions, Split? split = null)
    {
        var where = line > 0 ? FormattableString.Invariant($"{file}:{line}") : file;
        if (Find(where, file, name) is not { } entry) return;
        foreach (var caption in captions)
        {
            if (string.IsNullOrWhiteSpace(caption)) Problem(where, $"{entry.Id}: the caption is empty");
            else entry.Captions.Add(caption);
        }
        if (split is { } wanted) Assign(where, entry, wanted);
    }

    /// <summary>Puts a picture named before into a split. Names without an ending are taken too.</summary>
    public void AddToSplit(string file, int line, string name, Split split)
    {
        var where = FormattableString.Invariant($"{file}:{line}");
        var known = System.IO.Path.HasExtension(name) ? name : name + ".jpg";
        if (Find(where, file, known) is { } entry) Assign(where, entry, split);
    }

    public CaptionDataset Build()
    {
        var items = new List<CaptionItem>(_entries.Count);
        foreach (var entry in _entries)
        {
            if (entry.Captions.Count == 0) Problem(entry.Path, "the picture has no caption");
            else items.Add(new CaptionItem(entry.Id, files.Source(entry.Path), entry.Captions, entry.Split));
        }
        // Pictures that lie among the used ones but that no file names.
        var folders = _entries.Select(e => DatasetFiles.Folder(e.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var picture in files.Pictures.Where(p => !_byPath.ContainsKey(p) && folders.Contains(DatasetFiles.Folder(p)))) Problem(picture, "no caption file names the picture");
        if (items.Any(i => i.Split != null))
            foreach (var item in items.Where(i => i.Split == null)) Problem(item.Id, "the picture is in none of the official splits: not used");
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(files.Root));
        return new CaptionDataset(name, files.Root, layout, items, [.. files.Problems, .. _problems]);
    }

    private Entry? Find(string where, string file, string name)
    {
        string? path;
        try
        {
            path = files.FindPicture(file, name);
        }
        catch (FormatException e)
        {
            Problem(where, e.Message);
            return null;
        }
        if (path is null)
        {
            // Five captions of one missing picture are one problem.
            if (_missing.Add(name)) Problem(where, $"the picture {DatasetFiles.Shorten(name)} is not there (or two files of that name are)");
            return null;
        }
        if (_byPath.TryGetValue(path, out var entry)) return entry;
        // The path is unique, the file name alone may not be; mostly it is, and then it is the name people know.
        entry = new Entry(DatasetFiles.Normalize(name), path, []);
        if (!_ids.Add(entry.Id))
        {
            entry = entry with { Id = path };
            _ids.Add(path);
        }
        _byPath.Add(path, entry);
        _entries.Add(entry);
        return entry;
    }

    private void Assign(string where, Entry entry, Split split)
    {
        if (entry.Split is { } other && other != split) Problem(where, $"{entry.Id} is in the split {split} and before in {other}: the first counts");
        else entry.Split = split;
    }
}
