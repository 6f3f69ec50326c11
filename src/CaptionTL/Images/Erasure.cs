namespace CaptionTL.Images;

/// <summary>A rectangle that is covered, in shares of the picture's width and height.</summary>
internal readonly record struct Erasure(double Left, double Top, double Width, double Height)
{
    /// <summary>In whole pixels of a picture; at least one.</summary>
    public PixelBox In(int width, int height)
    {
        var (left, top) = ((int)(Left * width), (int)(Top * height));
        return new PixelBox(left, top, Math.Clamp((int)Math.Round(Width * width), 1, width - left), Math.Clamp((int)Math.Round(Height * height), 1, height - top));
    }
}
