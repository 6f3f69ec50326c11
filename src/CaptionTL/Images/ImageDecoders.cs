namespace CaptionTL.Images;

/// <summary>The decoder of the engine that the library was built with.</summary>
public static class ImageDecoders
{
    public static IImageDecoder Default { get; } = new ImageSharpImageDecoder();
}
