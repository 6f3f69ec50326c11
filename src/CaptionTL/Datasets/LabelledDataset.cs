namespace CaptionTL.Datasets;

/// <summary>Pictures of two or more classes, each picture of one.</summary>
/// <param name="Name">The folder's or archive's name.</param>
/// <param name="Path">Full path.</param>
/// <param name="Layout">How it was recognised, e.g. "class folders".</param>
/// <param name="Classes">Names in natural order ("class 2" before "class 10"); <see cref="LabelledItem.Class"/> counts in them.</param>
/// <param name="Items">Usable pictures.</param>
/// <param name="Problems">All that was left out.</param>
/// <param name="Notes">What is used, but may not be meant so: labels that differ in case only, folders within a class folder.</param>
public sealed record LabelledDataset(
    string Name, string Path, string Layout, IReadOnlyList<string> Classes, IReadOnlyList<LabelledItem> Items,
    IReadOnlyList<DatasetProblem> Problems, IReadOnlyList<DatasetProblem> Notes)
    : Dataset(Name, Path, Layout, Problems)
{
    public override IReadOnlyList<DatasetItem> Pictures => Items;

    public override string Task => "classify";
}
