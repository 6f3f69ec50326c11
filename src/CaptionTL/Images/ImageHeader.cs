namespace CaptionTL.Images;

/// <summary>What a picture says of itself before its pixels are decoded.</summary>
/// <param name="Format">Judged by content, never by file name.</param>
/// <param name="Width">Pixels, of the upright picture (first page, orientation applied).</param>
/// <param name="Height">Pixels, of the upright picture.</param>
/// <param name="Pages">Frames or pages; only the first is decoded.</param>
/// <param name="Orientation">EXIF's tag 0x0112, 1 to 8; 1 where there is none.</param>
public sealed record ImageHeader(ImageFormat Format, int Width, int Height, int Pages, int Orientation);
