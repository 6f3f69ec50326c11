using CaptionTL.Images;

namespace CaptionTL.Datasets;

/// <summary>What a look at a picture's file found.</summary>
/// <param name="Bytes">Of the file; 0 where it could not be read.</param>
/// <param name="Sha256">Of the file, or null.</param>
/// <param name="Header">Null where the picture cannot be used.</param>
/// <param name="Problem">Why, or null.</param>
internal sealed record PictureLook(long Bytes, string? Sha256, ImageHeader? Header, string? Problem);
