namespace CaptionTL.Datasets;

/// <summary>Pictures with captions, as a folder or archive gave them.</summary>
/// <param name="Name">The folder's or archive's name.</param>
/// <param name="Path">Full path.</param>
/// <param name="Layout">How it was recognised, e.g. "Flickr8k/30k".</param>
/// <param name="Items">Usable pictures (there, with at least one caption), in the order of the file that names them.</param>
/// <param name="Problems">All that was left out.</param>
public sealed record CaptionDataset(string Name, string Path, string Layout, IReadOnlyList<CaptionItem> Items, IReadOnlyList<DatasetProblem> Problems)
    : Dataset(Name, Path, Layout, Problems)
{
    public override IReadOnlyList<DatasetItem> Pictures => Items;

    public override string Task => "caption";
}
