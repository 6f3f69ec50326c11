using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>Announces a large zip archive that is sent in parts.</summary>
/// <param name="Name">Of the data set to be made.</param>
/// <param name="Bytes">Of the archive.</param>
/// <param name="Sha256">Of the archive, hexadecimal; checked at the end where it is given.</param>
public sealed record UploadStart(string Name, long Bytes, string? Sha256 = null);

/// <summary>How far an upload in parts has come.</summary>
/// <param name="Id">Of the upload.</param>
/// <param name="Name">Of the data set to be made.</param>
/// <param name="Offset">Bytes that have arrived: where the next part begins.</param>
/// <param name="Bytes">Of the whole archive.</param>
/// <param name="Expires">When it is removed unless more arrives.</param>
public sealed record UploadState(string Id, string Name, long Offset, long Bytes, DateTimeOffset Expires);

/// <summary>How much an upload of a data set may bring, and of what.</summary>
/// <param name="MaxBytes">Of the archive.</param>
/// <param name="MaxFiles">Images and other files in it.</param>
/// <param name="Images">Endings of files that are taken for images.</param>
/// <param name="Texts">Endings of files that captions, labels and splits are looked for in.</param>
public sealed record UploadLimits(long MaxBytes, int MaxFiles, IReadOnlyCollection<string> Images, IReadOnlyCollection<string> Texts);

/// <summary>A form with images. Fields are read in the order they come.</summary>
/// <param name="File">A zip archive of any layout that the library reads, alone; or an image. Repeatable.</param>
/// <param name="Name">Of the data set to be made.</param>
/// <param name="Kind">"captions" or "classes", where nothing is known of the images yet.</param>
/// <param name="Class">Of all images after it, until another one.</param>
/// <param name="Caption">Of the next image; repeatable.</param>
/// <param name="Split">"train", "dev" or "test": of all images after it, until another one.</param>
public sealed record ImageUpload(byte[] File, string? Name = null, DataSetKind? Kind = null, string? Class = null,
    string? Caption = null, Split? Split = null);
