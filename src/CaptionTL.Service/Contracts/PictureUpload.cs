using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>A form with pictures. Fields are read in the order they come.</summary>
/// <param name="File">A zip archive of any layout that the library reads, alone; or a picture. Repeatable.</param>
/// <param name="Name">Of the data set to be made.</param>
/// <param name="Kind">"captions" or "classes", where nothing is known of the pictures yet.</param>
/// <param name="Class">Of all pictures after it, until another one.</param>
/// <param name="Caption">Of the next picture; repeatable.</param>
/// <param name="Split">"train", "dev" or "test": of all pictures after it, until another one.</param>
public sealed record PictureUpload(byte[] File, string? Name = null, DataSetKind? Kind = null, string? Class = null, string? Caption = null, Split? Split = null);
