using CaptionTL.Embeddings;

namespace CaptionTL.Datasets;

/// <summary>What a check of a data set found, with captions or labels. Serialises to JSON directly.</summary>
public abstract record DatasetReport
{
    private protected DatasetReport(Dataset dataset, IReadOnlyList<ImageLook> looks, bool decoded)
    {
        var items = dataset.Images;
        var headers = looks.Where(l => l.Header != null).Select(l => l.Header!).ToList();
        (Name, Path, Layout, Images, Decoded, Skipped) = (dataset.Name, dataset.Path, dataset.Layout, items.Count, decoded,
            dataset.Problems);
        Splits = CountSplits(items);
        (Width, Height) = (NumberRange.Of(headers.Select(h => h.Width)), NumberRange.Of(headers.Select(h => h.Height)));
        Formats = headers.GroupBy(h => h.Format).OrderBy(g => g.Key)
            .ToDictionary(g => g.Key.ToString().ToLowerInvariant(), g => g.Count());
        Bytes = looks.Sum(l => l.Bytes);
        Duplicates = DuplicateFinder.Group(items, [.. looks.Select(l => l.Sha256)]);
        Unreadable = [.. items.Zip(looks).Where(p => p.Second.Problem != null)
            .Select(p => new DatasetProblem(p.First.Id, p.Second.Problem!))];
    }

    public string Name { get; }

    public string Path { get; }

    public string Layout { get; }

    public int Images { get; }

    /// <summary>Images in each official split, by its name in lower case; "none" for those in none.</summary>
    public IReadOnlyDictionary<string, int> Splits { get; }

    /// <summary>Readable images, pixels.</summary>
    public NumberRange Width { get; }

    /// <summary>Readable images, pixels.</summary>
    public NumberRange Height { get; }

    /// <summary>Readable images by format.</summary>
    public IReadOnlyDictionary<string, int> Formats { get; }

    /// <summary>Bytes of all images.</summary>
    public long Bytes { get; }

    /// <summary>Groups of images with the same bytes.</summary>
    public IReadOnlyList<DuplicateGroup> Duplicates { get; }

    /// <summary>Groups of which one is trained on and another scored: the score then flatters.</summary>
    public int DuplicatesAcrossSplits => Duplicates.Count(d => d.AcrossSplits);

    /// <summary>Groups of images that are nearly the same; null where they were not looked for.</summary>
    public NearDuplicateReport? NearDuplicates { get; init; }

    /// <summary>Every image that cannot be used, with the reason.</summary>
    public IReadOnlyList<DatasetProblem> Unreadable { get; }

    /// <summary>Every file and line that was left out, with the reason.</summary>
    public IReadOnlyList<DatasetProblem> Skipped { get; }

    /// <summary>Pixels were decoded too, not only headers read.</summary>
    public bool Decoded { get; }

    private protected static IReadOnlyDictionary<string, int> CountSplits(IEnumerable<DatasetItem> items) =>
        items.GroupBy(i => i.Split).OrderBy(g => g.Key is { } s ? (int)s : int.MaxValue)
            .ToDictionary(g => g.Key is { } s ? s.ToString().ToLowerInvariant() : "none", g => g.Count());
}

/// <summary>Something of a data set that is left out, and why.</summary>
/// <param name="Where">File, and line where there is one ("captions.csv:12"), relative to the data set.</param>
/// <param name="Reason">In words, for the person whose data it is.</param>
public sealed record DatasetProblem(string Where, string Reason);

/// <summary>A class and its images.</summary>
/// <param name="Name">The label.</param>
/// <param name="Images">In all.</param>
/// <param name="Splits">In each official split, by its name in lower case; "none" for those in none.</param>
public sealed record ClassCount(string Name, int Images, IReadOnlyDictionary<string, int> Splits);

/// <summary>A word and how often it occurs.</summary>
public sealed record WordCount(string Word, int Count);

/// <summary>Least, mean and most of a number; all 0 where there was none.</summary>
public sealed record NumberRange(double Min, double Mean, double Max)
{
    internal static NumberRange Of(IEnumerable<int> numbers)
    {
        var all = numbers.ToList();
        return all.Count == 0 ? new NumberRange(0, 0, 0) : new NumberRange(all.Min(), all.Average(), all.Max());
    }
}

/// <summary>What a check of images with captions found. Serialises to JSON directly.</summary>
public sealed record CaptionDatasetReport : DatasetReport
{
    private const int CommonWords = 20;

    internal CaptionDatasetReport(CaptionDataset dataset, IReadOnlyList<ImageLook> looks, bool decoded, CaptionWords words)
        : base(dataset, looks, decoded)
    {
        Captions = words.Lengths.Count;
        CaptionsPerImage = NumberRange.Of(dataset.Items.Select(i => i.Captions.Count));
        WordsPerCaption = NumberRange.Of(words.Lengths);
        (VocabularySize, WordsSeenOnce) = (words.Counts.Count, words.Counts.Count(w => w.Value == 1));
        MostCommonWords = [.. words.Counts.OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal).Take(CommonWords)
            .Select(w => new WordCount(w.Key, w.Value))];
    }

    public int Captions { get; }

    public NumberRange CaptionsPerImage { get; }

    /// <summary>Words; punctuation does not count.</summary>
    public NumberRange WordsPerCaption { get; }

    /// <summary>Distinct words, case aside.</summary>
    public int VocabularySize { get; }

    /// <summary>Distinct words that occur only once.</summary>
    public int WordsSeenOnce { get; }

    public IReadOnlyList<WordCount> MostCommonWords { get; }
}

/// <summary>What a check of images with labels found. Serialises to JSON directly.</summary>
public sealed record LabelledDatasetReport : DatasetReport
{
    internal LabelledDatasetReport(LabelledDataset dataset, IReadOnlyList<ImageLook> looks, bool decoded) : base(dataset, looks, decoded)
    {
        var images = dataset.Items.ToLookup(i => i.Class);
        Classes = [.. dataset.Classes.Select((name, i) => new ClassCount(name, images[i].Count(), CountSplits(images[i])))];
        Notes = dataset.Notes;
    }

    /// <summary>In natural order, every one with an image at least.</summary>
    public IReadOnlyList<ClassCount> Classes { get; }

    /// <summary>Images of the largest class over those of the smallest; 1 where all are equal.</summary>
    public double Imbalance => (double)Classes.Max(c => c.Images) / Classes.Min(c => c.Images);

    /// <summary>The largest class's share of all images: the accuracy of always answering with it.</summary>
    public double LargestShare => (double)Classes.Max(c => c.Images) / Images;

    /// <summary>Groups of the same image with different labels, of which one at most is right.</summary>
    public int DuplicatesAcrossClasses => Duplicates.Count(d => d.AcrossClasses);

    /// <summary>What is used, but may not be meant so.</summary>
    public IReadOnlyList<DatasetProblem> Notes { get; }
}
