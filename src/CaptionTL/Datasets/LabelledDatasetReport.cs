namespace CaptionTL.Datasets;

/// <summary>What a check of pictures with labels found. Serialises to JSON as it is.</summary>
public sealed record LabelledDatasetReport : DatasetReport
{
    internal LabelledDatasetReport(LabelledDataset dataset, IReadOnlyList<PictureLook> looks, bool decoded) : base(dataset, looks, decoded)
    {
        var pictures = dataset.Items.ToLookup(i => i.Class);
        Classes = [.. dataset.Classes.Select((name, i) => new ClassCount(name, pictures[i].Count(), CountSplits(pictures[i])))];
        Notes = dataset.Notes;
    }

    /// <summary>In natural order, every one with a picture at least.</summary>
    public IReadOnlyList<ClassCount> Classes { get; }

    /// <summary>Pictures of the largest class over those of the smallest; 1 where all are equal.</summary>
    public double Imbalance => (double)Classes.Max(c => c.Pictures) / Classes.Min(c => c.Pictures);

    /// <summary>The largest class's share of all pictures: the accuracy of always answering with it.</summary>
    public double LargestShare => (double)Classes.Max(c => c.Pictures) / Pictures;

    /// <summary>Groups of the same picture with different labels, of which one at most is right.</summary>
    public int DuplicatesAcrossClasses => Duplicates.Count(d => d.AcrossClasses);

    /// <summary>What is used, but may not be meant so.</summary>
    public IReadOnlyList<DatasetProblem> Notes { get; }
}
