using System.Runtime.InteropServices;
using CaptionTL.Images;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Quantization;

namespace CaptionTL.Tests.Images;

/// <summary>Image files for tests: written by ImageSharp, or small ones that lie beside the tests.</summary>
internal static class ImageFiles
{
    /// <summary>A file of every kind that is made smaller by damage.</summary>
    public static TheoryData<string> Kinds =>
        ["jpeg", "grey jpeg", "progressive jpeg", "restarting jpeg", "cmyk jpeg", "png", "interlaced png",
            "16-bit png", "palette png", "lossy webp", "lossless webp", "animated webp", "alpha webp",
         "gif", "tiff", "lzw tiff", "deflate tiff", "packbits tiff", "tiled tiff", "jpeg tiff", "fax tiff", "big tiff", "bmp"];

    public static byte[] Of(string kind, RgbImage image) => kind switch
    {
        "jpeg" => Save(image, new JpegEncoder { Quality = 90 }),
        "grey jpeg" => Save(image, new JpegEncoder { Quality = 90, ColorType = JpegColorType.Luminance }),
        "progressive jpeg" => Read("detail-progressive.jpg"),
        "restarting jpeg" => Read("progressive-restarts.jpg"),
        "cmyk jpeg" => Read("cmyk.jpg"),
        "png" => Png(image),
        "interlaced png" => Save(image, new PngEncoder { InterlaceMethod = PngInterlaceMode.Adam7 }),
        "16-bit png" => Save(image, new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.Rgb }),
        "palette png" => Save(image, new PngEncoder { BitDepth = PngBitDepth.Bit8, ColorType = PngColorType.Palette }),
        "lossy webp" => Save(image, new WebpEncoder { FileFormat = WebpFileFormatType.Lossy, Quality = 90 }),
        "lossless webp" => Save(image, new WebpEncoder { FileFormat = WebpFileFormatType.Lossless }),
        "animated webp" => Read("animation.webp"),
        "alpha webp" => Read("alpha-lossy.webp"),
        "gif" => Save(image, new GifEncoder { Quantizer = new WuQuantizer(new QuantizerOptions { Dither = null }) }),
        "tiff" => Save(image, new TiffEncoder { Compression = TiffCompression.None }),
        "lzw tiff" => Save(image, new TiffEncoder { Compression = TiffCompression.Lzw, HorizontalPredictor = TiffPredictor.Horizontal }),
        "deflate tiff" => Save(image, new TiffEncoder { Compression = TiffCompression.Deflate }),
        "packbits tiff" => Save(image, new TiffEncoder { Compression = TiffCompression.PackBits }),
        "tiled tiff" => new TiffWriter { Tile = 32, Deflate = true }.Write(image),
        "jpeg tiff" => Read("jpeg.tif"),
        "fax tiff" => Read("fax4.tif"),
        "big tiff" => new TiffWriter { Big = true, BigEndian = true, RowsPerStrip = 7 }.Write(image),
        _ => BmpWriter.Write(image.Width, image.Height, 24, BmpWriter.Rows24(image)),
    };

    public static byte[] Png(RgbImage image) => Save(image, new PngEncoder());

    /// <summary>A committed file.</summary>
    public static byte[] Read(string name) =>
        File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "CaptionTL.Tests", "Images", "Files", name));

    /// <param name="image">The pixels.</param>
    /// <param name="encoder">The format's.</param>
    /// <param name="orientation">EXIF's, or 0 for no EXIF at all.</param>
    public static byte[] Save(RgbImage image, IImageEncoder encoder, int orientation = 0)
    {
        using var pixels = Image.LoadPixelData<Rgb24>(MemoryMarshal.Cast<byte, Rgb24>(image.Pixels), image.Width, image.Height);
        if (orientation > 0)
        {
            pixels.Metadata.ExifProfile = new ExifProfile();
            pixels.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)orientation);
        }
        return Save(pixels, encoder);
    }

    /// <param name="rgba">Four bytes a pixel.</param>
    public static byte[] SaveRgba(byte[] rgba, int width, int height, IImageEncoder encoder)
    {
        using var pixels = Image.LoadPixelData<Rgba32>(MemoryMarshal.Cast<byte, Rgba32>(rgba), width, height);
        return Save(pixels, encoder);
    }

    /// <summary>A GIF of several frames of one colour each.</summary>
    public static byte[] Animation(int width, int height, params ReadOnlySpan<Rgb24> frames)
    {
        using var image = new Image<Rgb24>(width, height, frames[0]);
        foreach (var colour in frames[1..])
        {
            using var next = new Image<Rgb24>(width, height, colour);
            image.Frames.AddFrame(next.Frames.RootFrame);
        }
        return Save(image, new GifEncoder());
    }

    private static byte[] Save(Image image, IImageEncoder encoder)
    {
        using var file = new MemoryStream();
        image.Save(file, encoder);
        return file.ToArray();
    }
}
