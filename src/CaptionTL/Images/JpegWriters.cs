namespace CaptionTL.Images;

/// <summary>The JPEG writer of the engine that the library was built with.</summary>
public static class JpegWriters
{
    public static IJpegWriter Default { get; } = new ImageSharpJpegWriter();
}
