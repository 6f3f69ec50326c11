namespace CaptionTL.Datasets;

/// <summary>One picture of a data set with its reference captions, as they stand in the file.</summary>
/// <param name="Id">The picture's name within the data set, unique.</param>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Captions">Untouched text, in file order.</param>
/// <param name="Split">The official split, where the data set has one.</param>
public sealed record CaptionItem(string Id, PictureSource Source, IReadOnlyList<string> Captions, Split? Split) : DatasetItem(Id, Source, Split);
