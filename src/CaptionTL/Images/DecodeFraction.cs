namespace CaptionTL.Images;

/// <summary>How far a format can shrink a picture while it is decoded.</summary>
internal static class DecodeFraction
{
    /// <summary>The part of its size that keeps every side at <paramref name="atLeast"/> or more: 1 where nothing is asked or the picture is small.</summary>
    public static double Needed(ImageHeader header, PixelSize? atLeast) =>
        atLeast is { } size ? Math.Max(size.Width / (double)header.Width, size.Height / (double)header.Height) : 1;

    /// <summary>JPEG's inverse cosine transform gives a half, a quarter or an eighth at no cost; null where even a half would be too small.</summary>
    public static double? OfJpeg(double needed) => needed <= 1 / 8.0 ? 1 / 8.0 : needed <= 1 / 4.0 ? 1 / 4.0 : needed <= 1 / 2.0 ? 1 / 2.0 : null;
}
