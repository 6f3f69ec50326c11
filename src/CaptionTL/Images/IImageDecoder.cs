namespace CaptionTL.Images;

/// <summary>Bytes of a picture to upright eight-bit sRGB pixels. Implementations are safe for many threads at once.</summary>
public interface IImageDecoder
{
    /// <summary>Reads no further than the header where the format allows.</summary>
    /// <exception cref="ImageException">Not a picture, a format that is not read, or damaged before the size was known.</exception>
    ImageHeader ReadHeader(ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// The first page, with EXIF orientation applied, alpha laid over white, and CMYK, grey and 16 bits a channel converted to
    /// eight-bit RGB. Profiles of RGB pictures are not applied, as the weights' own training did not. A damaged or cut-off picture is an error, never half a picture.
    /// </summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="limits">Checked before decoding; null means <see cref="ImageLimits.Default"/>.</param>
    /// <param name="atLeast">
    /// The upright size below which no side may fall. Formats that can (JPEG, WebP) are then decoded at a fraction of their size,
    /// which is faster and needs less memory. Null decodes at full size; smaller pictures are never enlarged.
    /// </param>
    /// <exception cref="ImageException">With the reason in <see cref="ImageException.Problem"/>.</exception>
    RgbImage Decode(ReadOnlyMemory<byte> bytes, ImageLimits? limits = null, PixelSize? atLeast = null);
}
