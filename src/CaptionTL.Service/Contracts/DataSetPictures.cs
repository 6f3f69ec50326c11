using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>Some pictures of a data set.</summary>
/// <param name="Version">Of the data set.</param>
/// <param name="Total">Pictures that fit what was asked for.</param>
/// <param name="Offset">Of the first one here.</param>
/// <param name="Pictures">In the data set's order.</param>
public sealed record DataSetPicturePage(int Version, int Total, int Offset, IReadOnlyList<DataSetPicture> Pictures);

/// <summary>A picture of a data set and what is known of it.</summary>
/// <param name="Id">Within the data set; never used again.</param>
/// <param name="Name">The file name it came with.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Width">Pixels; null where the picture cannot be read.</param>
/// <param name="Height">Pixels; null where the picture cannot be read.</param>
/// <param name="Captions">Empty where there are none so far; null where pictures have labels.</param>
/// <param name="Label">Its class; null where there is none so far, or where pictures have captions.</param>
/// <param name="Split">"train", "dev" or "test", where the data set says so.</param>
/// <param name="Corrected">What is known of it was corrected by a person.</param>
public sealed record DataSetPicture(
    int Id, string Name, long Bytes, int? Width, int? Height, IReadOnlyList<string>? Captions, string? Label, Split? Split,
        bool Corrected = false);

/// <summary>What to change of a picture; null leaves it as it is.</summary>
/// <param name="Captions">All of them; empty takes them away.</param>
/// <param name="Label">Its class; "" takes it away.</param>
/// <param name="Split">"train", "dev" or "test".</param>
public sealed record DataSetPictureChange(IReadOnlyList<string>? Captions = null, string? Label = null, Split? Split = null);

/// <summary>What to change of several pictures at once; null leaves it as it is.</summary>
/// <param name="Ids">Of the pictures.</param>
/// <param name="Label">Their class; "" takes it away.</param>
/// <param name="Split">"train", "dev" or "test".</param>
public sealed record DataSetPicturesChange(IReadOnlyList<int> Ids, string? Label = null, Split? Split = null);

/// <summary>A picture of a data set.</summary>
/// <param name="Id">Within the data set; never used again.</param>
/// <param name="Name">The file name it came with.</param>
public sealed record PictureName(int Id, string Name);

/// <summary>What an upload added to a data set.</summary>
/// <param name="Version">Of the data set now.</param>
/// <param name="Pictures">The new ones.</param>
/// <param name="LeftOut">What of the upload was left out, and why.</param>
public sealed record PicturesAdded(int Version, IReadOnlyList<DataSetPicture> Pictures, IReadOnlyList<DatasetProblem> LeftOut);
