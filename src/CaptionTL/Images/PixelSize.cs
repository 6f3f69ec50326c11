namespace CaptionTL.Images;

/// <summary>Columns and rows.</summary>
public readonly record struct PixelSize(int Width, int Height);
