namespace CaptionTL.Datasets;

/// <summary>What a check of a data set found, whatever is known of its pictures. Serialises to JSON as it is.</summary>
public abstract record DatasetReport
{
    private protected DatasetReport(Dataset dataset, IReadOnlyList<PictureLook> looks, bool decoded)
    {
        var items = dataset.Pictures;
        var headers = looks.Where(l => l.Header != null).Select(l => l.Header!).ToList();
        (Name, Path, Layout, Pictures, Decoded, Skipped) = (dataset.Name, dataset.Path, dataset.Layout, items.Count, decoded, dataset.Problems);
        Splits = CountSplits(items);
        (Width, Height) = (NumberRange.Of(headers.Select(h => h.Width)), NumberRange.Of(headers.Select(h => h.Height)));
        Formats = headers.GroupBy(h => h.Format).OrderBy(g => g.Key).ToDictionary(g => g.Key.ToString().ToLowerInvariant(), g => g.Count());
        Bytes = looks.Sum(l => l.Bytes);
        Duplicates = DuplicateFinder.Group(items, [.. looks.Select(l => l.Sha256)]);
        Unreadable = [.. items.Zip(looks).Where(p => p.Second.Problem != null).Select(p => new DatasetProblem(p.First.Id, p.Second.Problem!))];
    }

    public string Name { get; }

    public string Path { get; }

    public string Layout { get; }

    public int Pictures { get; }

    /// <summary>Pictures in each official split, by its name in lower case; "none" for those in none.</summary>
    public IReadOnlyDictionary<string, int> Splits { get; }

    /// <summary>Readable pictures, pixels.</summary>
    public NumberRange Width { get; }

    /// <summary>Readable pictures, pixels.</summary>
    public NumberRange Height { get; }

    /// <summary>Readable pictures by format.</summary>
    public IReadOnlyDictionary<string, int> Formats { get; }

    /// <summary>Bytes of all pictures.</summary>
    public long Bytes { get; }

    /// <summary>Groups of pictures with the same bytes.</summary>
    public IReadOnlyList<DuplicateGroup> Duplicates { get; }

    /// <summary>Groups of which one is trained on and another scored: the score then flatters.</summary>
    public int DuplicatesAcrossSplits => Duplicates.Count(d => d.AcrossSplits);

    /// <summary>Groups of pictures that are nearly the same; null where they were not looked for.</summary>
    public NearDuplicateReport? NearDuplicates { get; init; }

    /// <summary>Every picture that cannot be used, with the reason.</summary>
    public IReadOnlyList<DatasetProblem> Unreadable { get; }

    /// <summary>Every file and line that was left out, with the reason.</summary>
    public IReadOnlyList<DatasetProblem> Skipped { get; }

    /// <summary>Pixels were decoded too, not only headers read.</summary>
    public bool Decoded { get; }

    private protected static IReadOnlyDictionary<string, int> CountSplits(IEnumerable<DatasetItem> items) =>
        items.GroupBy(i => i.Split).OrderBy(g => g.Key is { } s ? (int)s : int.MaxValue).ToDictionary(g => g.Key is { } s ? s.ToString().ToLowerInvariant() : "none", g => g.Count());
}
