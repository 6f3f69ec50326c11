namespace CaptionTL.Datasets;

/// <summary>One picture of a data set with its class.</summary>
/// <param name="Id">The picture's name within the data set, unique.</param>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Class">Index into <see cref="LabelledDataset.Classes"/>.</param>
/// <param name="Split">The official split, where the data set has one.</param>
public sealed record LabelledItem(string Id, PictureSource Source, int Class, Split? Split) : DatasetItem(Id, Source, Split);
