using System.Globalization;
using CaptionTL.Datasets.Layouts;

namespace CaptionTL.Datasets;

/// <summary>Opens a data set of images with a label each, whichever of the known layouts it has.</summary>
public static class LabelledDatasetReader
{
    internal const string LookedFor = """
          class folders: two or more folders, each with the images of one class; also below train, val and test
          JSON lines: a line like {"file_name": "a.jpg", "label": "cat"} for each image in metadata.jsonl or another .jsonl
          CSV with labels: a .csv or .tsv with columns like file and label
        """;

    /// <param name="path">A folder, a zip archive, or one label file next to its images.</param>
    /// <exception cref="CaptionTLException">Nothing there, no known layout, no usable image, one class only, or captions instead of
    /// labels; the message says what was looked for and what there is.</exception>
    public static LabelledDataset Open(string path) => DatasetReader.Read(path, files =>
    {
        var found = FromFiles(files);
        if (found is { Items.Count: > 0 }) return Checked(found);
        // Before folders are taken for classes: train2017 and val2017 beside captions are none.
        if (CaptionDatasetReader.TryOpen(files) is { Items.Count: > 0 } captions) throw CaptionsFound(captions);
        if (ClassFolderLayout.TryOpen(files) is { Items.Count: > 0 } folders) return Checked(folders);
        throw found is null ? DatasetReader.Unknown(files, "labels", LookedFor) : Unusable(found);
    });

    /// <summary>
    /// Label files first, then class folders. Null where nothing is recognised; what is may have no usable image, or one class.
    /// </summary>
    internal static LabelledDataset? TryOpen(DatasetFiles files)
    {
        var found = FromFiles(files);
        return found is { Items.Count: > 0 } ? found : ClassFolderLayout.TryOpen(files) ?? found;
    }

    /// <exception cref="CaptionTLException">There is one class.</exception>
    internal static LabelledDataset Checked(LabelledDataset dataset) => dataset.Classes.Count > 1
        ? dataset
        : throw new CaptionTLException($"{dataset.Path}: all images that can be used ({dataset.Items.Count}) are of one class, "
        + $"{dataset.Classes[0]} ({dataset.Layout}); a classifier needs at least two. Add images of another class, each class in a "
        + $"folder of its own or with a label of its own."
            + (dataset.Problems.Count > 0 ? $" {DatasetReader.FirstProblems(dataset)}" : ""));

    internal static CaptionTLException Unusable(LabelledDataset dataset) =>
        new($"{dataset.Path}: looks like {dataset.Layout}, but not one image with a label can be used. "
            + $"{DatasetReader.FirstProblems(dataset)}");

    private static LabelledDataset? FromFiles(DatasetFiles files)
    {
        var lines = JsonLabelLayout.TryOpen(files);
        if (lines is { Items.Count: > 0 }) return lines;
        var table = CsvLabelLayout.TryOpen(files);
        return table is { Items.Count: > 0 } ? table : lines ?? table;
    }

    private static CaptionTLException CaptionsFound(CaptionDataset captions) =>
        new($"{captions.Path}: labels are wanted, but there are captions: {captions.Layout}, {captions.Items.Count} images. They fit "
            + $"a caption model: captiontl train --data with a plan for captions. To sort images into classes, put those of each "
            + $"class into a folder of its own, or name a label for each in a CSV with the header file,label.");
}

/// <summary>
/// Gathers images and labels as a layout finds them, and keeps account of what cannot be used and of what looks like a slip.
/// </summary>
internal sealed class LabelledDatasetBuilder(DatasetFiles files, string layout)
{
    internal sealed class Label
    {
        public string? Text { get; set; }
    }

    private readonly NamedImages<Label> _images = new(files);
    private readonly List<DatasetProblem> _notes = [];
    private readonly HashSet<string> _untidy = new(StringComparer.Ordinal);

    public DatasetFiles Files => files;

    public void Problem(string where, string reason) => _images.Problem(where, reason);

    /// <summary>What is used, but may not be meant so.</summary>
    public void Note(string where, string reason) => _notes.Add(new DatasetProblem(where, reason));

    /// <summary>Finds the image and gives it the label; what is wrong becomes a problem.</summary>
    /// <param name="file">The label file.</param>
    /// <param name="line">Its line.</param>
    /// <param name="name">The image, as the file names it.</param>
    /// <param name="label">As the file has it.</param>
    /// <param name="split">The official split, if any.</param>
    public void Add(string file, int line, string name, string label, Split? split)
    {
        var where = FormattableString.Invariant($"{file}:{line}");
        if (_images.Find(where, file, name) is not { } entry) return;
        var text = Tidy(where, label);
        if (text.Length == 0) Problem(where, $"{entry.Id}: the label is empty");
        else if (entry.Content.Text is { } other && other != text)
            Problem(where, $"{entry.Id} has the label {text} and before the label {other}: the first counts");
        else entry.Content.Text = text;
        if (split is { } wanted) _images.Assign(where, entry, wanted);
    }

    /// <summary>An image in a class folder.</summary>
    /// <param name="id">Its path below the folder that holds the classes or splits.</param>
    /// <param name="path">Its path in the data set.</param>
    /// <param name="folder">The class folder's name.</param>
    /// <param name="split">Of the folder above it, if any.</param>
    public void AddFound(string id, string path, string folder, Split? split)
    {
        var entry = _images.Add(id, path);
        (entry.Content.Text, entry.Split) = (Tidy(DatasetFiles.Folder(path).TrimEnd('/'), folder), split);
    }

    public LabelledDataset Build()
    {
        var labelled = new List<NamedImages<Label>.Entry>(_images.Entries.Count);
        foreach (var entry in _images.Entries)
        {
            if (entry.Content.Text is null) Problem(entry.Path, "the image has no label");
            else labelled.Add(entry);
        }
        var classes = labelled.Select(e => e.Content.Text!).Distinct(StringComparer.Ordinal).Order(NaturalOrder.Instance).ToList();
        var index = classes.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        List<LabelledItem> items =
            [.. labelled.Select(e => new LabelledItem(e.Id, files.Source(e.Path), index[e.Content.Text!], e.Split))];
        _images.ReportUnused("label file", items);
        NoteSpellings(classes, items);
        NoteMissingFromSplits(classes, items);
        return new LabelledDataset(files.Name, files.Root, layout, classes, items, _images.Problems, _notes);
    }

    /// <summary>
    /// Space around a label and more than one space within it are not meant; they are dropped and noted once for each spelling.
    /// </summary>
    private string Tidy(string where, string label)
    {
        var tidy = string.Join(' ', label.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (tidy != label && tidy.Length > 0 && _untidy.Add(label))
            Note(where, $"the label \"{DatasetFiles.Shorten(label)}\" is taken as \"{DatasetFiles.Shorten(tidy)}\"");
        return tidy;
    }

    /// <summary>Labels that differ in case only stay apart, as A and a in handwriting must; mostly it is a slip.</summary>
    private void NoteSpellings(List<string> classes, List<LabelledItem> items)
    {
        var counts = items.CountBy(i => i.Class).ToDictionary();
        foreach (var alike in classes.Index().GroupBy(c => c.Item.ToUpperInvariant()).Where(g => g.Skip(1).Any()))
            Note(layout, string.Create(CultureInfo.InvariantCulture,
                $"{string.Join(" and ", alike.Select(c => $"{c.Item} ({counts[c.Index]})"))} "
                + $"differ in case only: they are classes of their own; if one is meant, write them alike"));
    }

    private void NoteMissingFromSplits(List<string> classes, List<LabelledItem> items)
    {
        foreach (var split in items.Select(i => i.Split).OfType<Split>().Distinct().Order())
        {
            var there = items.Where(i => i.Split == split).Select(i => i.Class).ToHashSet();
            foreach (var (i, name) in classes.Index())
                if (!there.Contains(i))
                    Note(name, split == Split.Train ? "the class has no images in the train split: it cannot be learnt"
                        : $"the class has no images in the {split.ToString().ToLowerInvariant()} split: its score is not known");
        }
    }
}
