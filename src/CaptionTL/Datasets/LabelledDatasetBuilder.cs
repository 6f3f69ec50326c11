namespace CaptionTL.Datasets;

/// <summary>Gathers pictures and labels as a layout finds them, and keeps account of what cannot be used and of what looks like a slip.</summary>
internal sealed class LabelledDatasetBuilder(DatasetFiles files, string layout)
{
    internal sealed class Label
    {
        public string? Text { get; set; }
    }

    private readonly NamedPictures<Label> _pictures = new(files);
    private readonly List<DatasetProblem> _notes = [];
    private readonly HashSet<string> _untidy = new(StringComparer.Ordinal);

    public DatasetFiles Files => files;

    public void Problem(string where, string reason) => _pictures.Problem(where, reason);

    /// <summary>What is used, but may not be meant so.</summary>
    public void Note(string where, string reason) => _notes.Add(new DatasetProblem(where, reason));

    /// <summary>Finds the picture and gives it the label; what is wrong becomes a problem.</summary>
    /// <param name="file">The label file.</param>
    /// <param name="line">Its line.</param>
    /// <param name="name">The picture, as the file names it.</param>
    /// <param name="label">As the file has it.</param>
    /// <param name="split">The official split, if any.</param>
    public void Add(string file, int line, string name, string label, Split? split)
    {
        var where = FormattableString.Invariant($"{file}:{line}");
        if (_pictures.Find(where, file, name) is not { } entry) return;
        var text = Tidy(where, label);
        if (text.Length == 0) Problem(where, $"{entry.Id}: the label is empty");
        else if (entry.Content.Text is { } other && other != text) Problem(where, $"{entry.Id} has the label {text} and before the label {other}: the first counts");
        else entry.Content.Text = text;
        if (split is { } wanted) _pictures.Assign(where, entry, wanted);
    }

    /// <summary>A picture in a class folder.</summary>
    /// <param name="id">Its path below the folder that holds the classes or splits.</param>
    /// <param name="path">Its path in the data set.</param>
    /// <param name="folder">The class folder's name.</param>
    /// <param name="split">Of the folder above it, if any.</param>
    public void AddFound(string id, string path, string folder, Split? split)
    {
        var entry = _pictures.Add(id, path);
        (entry.Content.Text, entry.Split) = (Tidy(DatasetFiles.Folder(path).TrimEnd('/'), folder), split);
    }

    public LabelledDataset Build()
    {
        var labelled = new List<NamedPictures<Label>.Entry>(_pictures.Entries.Count);
        foreach (var entry in _pictures.Entries)
        {
            if (entry.Content.Text is null) Problem(entry.Path, "the picture has no label");
            else labelled.Add(entry);
        }
        var classes = labelled.Select(e => e.Content.Text!).Distinct(StringComparer.Ordinal).Order(NaturalOrder.Instance).ToList();
        var index = classes.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        List<LabelledItem> items = [.. labelled.Select(e => new LabelledItem(e.Id, files.Source(e.Path), index[e.Content.Text!], e.Split))];
        _pictures.ReportUnused("label file", items);
        NoteSpellings(classes, items);
        NoteMissingFromSplits(classes, items);
        return new LabelledDataset(files.Name, files.Root, layout, classes, items, _pictures.Problems, _notes);
    }

    /// <summary>Space around a label and more than one space within it are not meant; they are dropped and noted once for each spelling.</summary>
    private string Tidy(string where, string label)
    {
        var tidy = string.Join(' ', label.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (tidy != label && tidy.Length > 0 && _untidy.Add(label)) Note(where, $"the label \"{DatasetFiles.Shorten(label)}\" is taken as \"{DatasetFiles.Shorten(tidy)}\"");
        return tidy;
    }

    /// <summary>Labels that differ in case only stay apart, as A and a in handwriting must; mostly it is a slip.</summary>
    private void NoteSpellings(List<string> classes, List<LabelledItem> items)
    {
        var counts = items.CountBy(i => i.Class).ToDictionary();
        foreach (var alike in classes.Index().GroupBy(c => c.Item.ToUpperInvariant()).Where(g => g.Skip(1).Any()))
            Note(layout, FormattableString.Invariant($"{string.Join(" and ", alike.Select(c => $"{c.Item} ({counts[c.Index]})"))} differ in case only: they are classes of their own; if one is meant, write them alike"));
    }

    private void NoteMissingFromSplits(List<string> classes, List<LabelledItem> items)
    {
        foreach (var split in items.Select(i => i.Split).OfType<Split>().Distinct().Order())
        {
            var there = items.Where(i => i.Split == split).Select(i => i.Class).ToHashSet();
            foreach (var (i, name) in classes.Index())
                if (!there.Contains(i)) Note(name, split == Split.Train ? "the class has no pictures in the train split: it cannot be learnt" : $"the class has no pictures in the {split.ToString().ToLowerInvariant()} split: its score is not known");
        }
    }
}
