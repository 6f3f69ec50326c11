namespace CaptionTL.Service.Contracts;

/// <summary>Announces a large zip archive that is sent in parts.</summary>
/// <param name="Name">Of the data set to be made.</param>
/// <param name="Bytes">Of the archive.</param>
/// <param name="Sha256">Of the archive, hexadecimal; checked at the end where it is given.</param>
public sealed record UploadStart(string Name, long Bytes, string? Sha256 = null);
