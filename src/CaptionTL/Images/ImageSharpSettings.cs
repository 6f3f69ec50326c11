using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;

namespace CaptionTL.Images;

/// <summary>How ImageSharp is used here: one thread a picture, since whole batches are decoded side by side, and few buffers kept between pictures.</summary>
internal static class ImageSharpSettings
{
    private const int PooledMegabytes = 64;

    public static Configuration Configuration { get; } = new()
    {
        MaxDegreeOfParallelism = 1,
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions { MaximumPoolSizeMegabytes = PooledMegabytes }),
    };

    /// <summary>The one decoder that is asked, chosen by content.</summary>
    public static SixLabors.ImageSharp.Formats.IImageDecoder For(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => new JpegDecoder(),
        ImageFormat.Png => new PngDecoder(),
        ImageFormat.WebP => new WebpDecoder(),
        ImageFormat.Gif => new GifDecoder { DecodingMode = FrameDecodingMode.First },
        ImageFormat.Tiff => new TiffDecoder { DecodingMode = FrameDecodingMode.First },
        _ => throw new InvalidOperationException($"ImageSharp is not asked for {format}"),
    };
}
