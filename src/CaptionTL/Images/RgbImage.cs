namespace CaptionTL.Images;

/// <summary>Eight-bit sRGB pixels, row by row: <c>Pixels[(y * Width + x) * 3 + channel]</c>.</summary>
public sealed class RgbImage
{
    /// <exception cref="ArgumentException">The buffer does not hold width × height × 3 bytes.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width < 1 || height < 1 || pixels.LongLength != 3L * width * height)
            throw new ArgumentException($"{width} × {height} pixels need {3L * width * height} bytes, got {pixels.LongLength}");
        (Width, Height, Pixels) = (width, height, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }
}

/// <summary>Columns and rows.</summary>
public readonly record struct PixelSize(int Width, int Height);

/// <summary>A rectangle of whole pixels: <paramref name="Left"/> and <paramref name="Top"/> count from 0.</summary>
public readonly record struct PixelBox(int Left, int Top, int Width, int Height);
