namespace CaptionTL.Datasets;

/// <summary>One picture of a data set.</summary>
/// <param name="Id">The picture's name within the data set, unique.</param>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Split">The official split, where the data set has one.</param>
public abstract record DatasetItem(string Id, PictureSource Source, Split? Split);
