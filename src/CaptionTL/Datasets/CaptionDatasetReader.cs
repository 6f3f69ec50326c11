using System.Text.RegularExpressions;
using CaptionTL.Datasets.Layouts;

namespace CaptionTL.Datasets;

/// <summary>Opens a data set of images with captions, whichever of the known layouts it has.</summary>
public static class CaptionDatasetReader
{
    internal const string LookedFor = """
          Flickr8k/30k: *.token.txt or *.token with lines "NAME.jpg#0<TAB>caption", and a folder of images
          Karpathy: a .json with images[].sentences[].raw
          COCO captions: captions_*.json with images[] and annotations[].caption
          metadata.jsonl: a line like {"file_name": "a.jpg", "text": "A dog runs."} for each image
          CSV: a .csv or .tsv with columns like image and caption
        """;

    /// <summary>Each says null where it does not recognise itself. The most specific come first.</summary>
    private static readonly Func<DatasetFiles, CaptionDataset?>[] Layouts =
        [FlickrLayout.TryOpen, KarpathyLayout.TryOpen, CocoLayout.TryOpen, MetadataLayout.TryOpen, CsvLayout.TryOpen];

    /// <param name="path">A folder, a zip archive, or one caption file next to its images.</param>
    /// <exception cref="CaptionTLException">Nothing there, no known layout, no usable image, or labels instead of captions; the message
    /// says what was looked for and what there is.</exception>
    public static CaptionDataset Open(string path) => DatasetReader.Read(path, files =>
    {
        var found = TryOpen(files);
        if (found is { Items.Count: > 0 }) return found;
        if (LabelledDatasetReader.TryOpen(files) is { Classes.Count: > 1 } labels) throw LabelsFound(labels);
        throw found is null ? DatasetReader.Unknown(files, "captions", LookedFor) : Unusable(found);
    });

    /// <summary>
    /// The first layout that gives images with captions; else one that recognises itself but has nothing usable; else null.
    /// </summary>
    internal static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDataset? unusable = null;
        foreach (var layout in Layouts)
        {
            var found = layout(files);
            if (found is { Items.Count: > 0 }) return found;
            unusable ??= found;
        }
        return unusable;
    }

    internal static CaptionTLException Unusable(CaptionDataset dataset) =>
        new($"{dataset.Path}: looks like {dataset.Layout}, but not one image with a caption can be used. "
            + $"{DatasetReader.FirstProblems(dataset)}");

    private static CaptionTLException LabelsFound(LabelledDataset labels)
    {
        const int Few = 5;
        var names = string.Join(", ", labels.Classes.Take(Few)) + (labels.Classes.Count > Few ? ", …" : "");
        return new CaptionTLException($"{labels.Path}: captions are wanted, but there are labels: {labels.Layout}, {labels.Items.Count} "
            + $"images in {labels.Classes.Count} classes ({names}). They fit a classifier: captiontl train --data with a plan for "
            + $"classes; captiontl data check shows what there is.");
    }
}

/// <summary>Gathers what a layout's files say line by line, and keeps account of what cannot be used.</summary>
internal sealed class CaptionDatasetBuilder(DatasetFiles files, string layout)
{
    private readonly NamedImages<List<string>> _images = new(files);

    public DatasetFiles Files => files;

    public void Problem(string where, string reason) => _images.Problem(where, reason);

    /// <summary>Finds the image and gives it the captions; what is wrong becomes a problem.</summary>
    /// <param name="file">The caption file.</param>
    /// <param name="line">Its line, or 0.</param>
    /// <param name="name">The image, as the file names it.</param>
    /// <param name="captions">Untouched text.</param>
    /// <param name="split">The official split, if any.</param>
    public void Add(string file, int line, string name, IEnumerable<string?> captions, Split? split = null)
    {
        var where = line > 0 ? FormattableString.Invariant($"{file}:{line}") : file;
        if (_images.Find(where, file, name) is not { } entry) return;
        foreach (var caption in captions)
        {
            if (string.IsNullOrWhiteSpace(caption)) Problem(where, $"{entry.Id}: the caption is empty");
            else entry.Content.Add(caption);
        }
        if (split is { } wanted) _images.Assign(where, entry, wanted);
    }

    /// <summary>Puts an image named before into a split. Names without an ending are taken too.</summary>
    public void AddToSplit(string file, int line, string name, Split split)
    {
        var where = FormattableString.Invariant($"{file}:{line}");
        var known = System.IO.Path.HasExtension(name) ? name : name + ".jpg";
        if (_images.Find(where, file, known) is { } entry) _images.Assign(where, entry, split);
    }

    public CaptionDataset Build()
    {
        var items = new List<CaptionItem>(_images.Entries.Count);
        foreach (var entry in _images.Entries)
        {
            if (entry.Content.Count == 0) Problem(entry.Path, "the image has no caption");
            else items.Add(new CaptionItem(entry.Id, files.Source(entry.Path), entry.Content, entry.Split));
        }
        _images.ReportUnused("caption file", items);
        return new CaptionDataset(files.Name, files.Root, layout, items, _images.Problems);
    }
}

/// <summary>Words of captions as people count them, case aside.</summary>
/// <param name="Lengths">Words of every caption.</param>
/// <param name="Counts">How often each word occurs.</param>
internal sealed partial record CaptionWords(IReadOnlyList<int> Lengths, IReadOnlyDictionary<string, int> Counts)
{
    public static CaptionWords Count(IReadOnlyList<CaptionItem> items, CancellationToken cancellation)
    {
        var (lengths, words) = (new List<int>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var caption in item.Captions)
            {
                var length = 0;
                foreach (var match in Word().EnumerateMatches(caption))
                {
                    length++;
                    var word = caption.Substring(match.Index, match.Length).ToLowerInvariant();
                    words[word] = words.GetValueOrDefault(word) + 1;
                }
                lengths.Add(length);
            }
        }
        return new CaptionWords(lengths, words);
    }

    /// <summary>Letters and digits, with apostrophes and hyphens inside.</summary>
    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+(?:['’\-][\p{L}\p{M}\p{N}]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
