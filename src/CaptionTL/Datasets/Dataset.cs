namespace CaptionTL.Datasets;

/// <summary>Images and what is known of them, as a folder or archive gave them.</summary>
/// <param name="Name">The folder's or archive's name.</param>
/// <param name="Path">Full path.</param>
/// <param name="Layout">How it was recognised, e.g. "Flickr8k/30k".</param>
/// <param name="Problems">All that was left out.</param>
public abstract record Dataset(string Name, string Path, string Layout, IReadOnlyList<DatasetProblem> Problems)
{
    /// <summary>The usable images, whatever else is known of them.</summary>
    public abstract IReadOnlyList<DatasetItem> Images { get; }

    /// <summary>What can be learned from it: "caption" or "classify".</summary>
    public abstract string Task { get; }

    /// <summary>The data set says which images are for training and which for scoring.</summary>
    public bool HasOfficialSplits => Images.Any(i => i.Split != null);
}

/// <summary>One image of a data set.</summary>
/// <param name="Id">The image's name within the data set, unique.</param>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Split">The official split, where the data set has one.</param>
public abstract record DatasetItem(string Id, ImageSource Source, Split? Split);

/// <summary>Images of two or more classes, each image of one.</summary>
/// <param name="Name">The folder's or archive's name.</param>
/// <param name="Path">Full path.</param>
/// <param name="Layout">How it was recognised, e.g. "class folders".</param>
/// <param name="Classes">Names in natural order ("class 2" before "class 10"); <see cref="LabelledItem.Class"/> counts in them.</param>
/// <param name="Items">Usable images.</param>
/// <param name="Problems">All that was left out.</param>
/// <param name="Notes">What is used, but may not be meant so: labels that differ in case only, folders within a class folder.</param>
public sealed record LabelledDataset(
    string Name, string Path, string Layout, IReadOnlyList<string> Classes, IReadOnlyList<LabelledItem> Items,
    IReadOnlyList<DatasetProblem> Problems, IReadOnlyList<DatasetProblem> Notes)
    : Dataset(Name, Path, Layout, Problems)
{
    public override IReadOnlyList<DatasetItem> Images => Items;

    public override string Task => "classify";
}

/// <summary>One image of a data set with its class.</summary>
/// <param name="Id">The image's name within the data set, unique.</param>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Class">Index into <see cref="LabelledDataset.Classes"/>.</param>
/// <param name="Split">The official split, where the data set has one.</param>
public sealed record LabelledItem(string Id, ImageSource Source, int Class, Split? Split) : DatasetItem(Id, Source, Split);

/// <summary>Images with captions, as a folder or archive gave them.</summary>
/// <param name="Name">The folder's or archive's name.</param>
/// <param name="Path">Full path.</param>
/// <param name="Layout">How it was recognised, e.g. "Flickr8k/30k".</param>
/// <param name="Items">Usable images (there, with at least one caption), in the order of the file that names them.</param>
/// <param name="Problems">All that was left out.</param>
public sealed record CaptionDataset(string Name, string Path, string Layout, IReadOnlyList<CaptionItem> Items,
    IReadOnlyList<DatasetProblem> Problems)
    : Dataset(Name, Path, Layout, Problems)
{
    public override IReadOnlyList<DatasetItem> Images => Items;

    public override string Task => "caption";
}

/// <summary>One image of a data set with its reference captions, as they stand in the file.</summary>
/// <param name="Id">The image's name within the data set, unique.</param>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Captions">Untouched text, in file order.</param>
/// <param name="Split">The official split, where the data set has one.</param>
public sealed record CaptionItem(string Id, ImageSource Source, IReadOnlyList<string> Captions, Split? Split)
    : DatasetItem(Id, Source, Split);

/// <summary>What an image is used for.</summary>
public enum Split { Train, Dev, Test }
