namespace CaptionTL.Datasets;

/// <summary>Gathers what a layout's files say line by line, and keeps account of what cannot be used.</summary>
internal sealed class CaptionDatasetBuilder(DatasetFiles files, string layout)
{
    private readonly NamedPictures<List<string>> _pictures = new(files);

    public DatasetFiles Files => files;

    public void Problem(string where, string reason) => _pictures.Problem(where, reason);

    /// <summary>Finds the picture and gives it the captions; what is wrong becomes a problem.</summary>
    /// <param name="file">The caption file.</param>
    /// <param name="line">Its line, or 0.</param>
    /// <param name="name">The picture, as the file names it.</param>
    /// <param name="captions">Untouched text.</param>
    /// <param name="split">The official split, if any.</param>
    public void Add(string file, int line, string name, IEnumerable<string?> captions, Split? split = null)
    {
        var where = line > 0 ? FormattableString.Invariant($"{file}:{line}") : file;
        if (_pictures.Find(where, file, name) is not { } entry) return;
        foreach (var caption in captions)
        {
            if (string.IsNullOrWhiteSpace(caption)) Problem(where, $"{entry.Id}: the caption is empty");
            else entry.Content.Add(caption);
        }
        if (split is { } wanted) _pictures.Assign(where, entry, wanted);
    }

    /// <summary>Puts a picture named before into a split. Names without an ending are taken too.</summary>
    public void AddToSplit(string file, int line, string name, Split split)
    {
        var where = FormattableString.Invariant($"{file}:{line}");
        var known = System.IO.Path.HasExtension(name) ? name : name + ".jpg";
        if (_pictures.Find(where, file, known) is { } entry) _pictures.Assign(where, entry, split);
    }

    public CaptionDataset Build()
    {
        var items = new List<CaptionItem>(_pictures.Entries.Count);
        foreach (var entry in _pictures.Entries)
        {
            if (entry.Content.Count == 0) Problem(entry.Path, "the picture has no caption");
            else items.Add(new CaptionItem(entry.Id, files.Source(entry.Path), entry.Content, entry.Split));
        }
        _pictures.ReportUnused("caption file", items);
        return new CaptionDataset(files.Name, files.Root, layout, items, _pictures.Problems);
    }
}
