namespace CaptionTL.Images;

/// <summary>A rectangle of whole pixels: <paramref name="Left"/> and <paramref name="Top"/> count from 0.</summary>
public readonly record struct PixelBox(int Left, int Top, int Width, int Height);
