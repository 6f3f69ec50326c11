namespace CaptionTL.Images;

/// <summary>The part of a picture that a network sees; all in pixels of the upright picture.</summary>
/// <param name="PictureWidth">Of the whole picture.</param>
/// <param name="PictureHeight">Of the whole picture.</param>
/// <param name="Left">Edge of the part.</param>
/// <param name="Top">Edge of the part.</param>
/// <param name="Width">Of the part.</param>
/// <param name="Height">Of the part.</param>
public readonly record struct SeenPart(int PictureWidth, int PictureHeight, double Left, double Top, double Width, double Height);
