using CaptionTL.Images;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Tests.Images;

public class ImageDecoderTests
{
    private static readonly RgbImage Image = TestImages.Gradient(97, 61);

    [Theory]
    [InlineData(JpegColorType.YCbCrRatio444)]
    [InlineData(JpegColorType.YCbCrRatio420)]
    public void Decode_BaselineJpeg_GivesThePixels(JpegColorType subsampling) =>
        Check(ImageFiles.Save(Image, new JpegEncoder { Quality = 95, ColorType = subsampling }), ImageFormat.Jpeg, 2.5);

    [Theory]
    [InlineData("progressive.jpg")]
    [InlineData("progressive-restarts.jpg")]
    [InlineData("baseline-restarts.jpg")]
    [InlineData("baseline-411.jpg")]
    [InlineData("separate-scans.jpg")]
    public void Decode_JpegOfAnotherKind_GivesThePixels(string name) => Check(ImageFiles.Read(name), ImageFormat.Jpeg, 2.5);

    [Fact]
    public void Decode_GreyJpeg_GivesThreeEqualChannels()
    {
        var image = ImageDecoder.Decode(ImageFiles.Save(Image, new JpegEncoder { Quality = 95, ColorType = JpegColorType.Luminance }));
        var (r, g, b) = TestImages.Pixel(image, 50, 30);
        (r == g && g == b).ShouldBeTrue();
        ((int)r).ShouldBeInRange(100, 150);
    }

    [Fact]
    public void Decode_ArithmeticJpeg_SaysThatItIsNotRead() =>
        Should.Throw<ImageException>(() => ImageDecoder.Decode(ImageFiles.Read("arithmetic.jpg")))
            .Problem.ShouldBe(ImageProblem.UnsupportedVariant);

    /// <summary>With a profile inside and without it, stored inverted as Adobe's programs (and libjpeg's Adobe marker) have it.</summary>
    [Theory]
    [InlineData("cmyk.jpg", false)]
    [InlineData("cmyk.jpg", true)]
    [InlineData("ycck.jpg", false)]
    public void Decode_CmykJpeg_ComesCloseToTheOriginal(string name, bool withProfile)
    {
        var bytes = ImageFiles.Read(name);
        bytes.AsSpan().IndexOf("Adobe"u8).ShouldBeGreaterThan(0);
        if (withProfile)
            bytes = [.. bytes[..2], 0xFF, 0xE2, 0, 2 + 14 + 128, .. "ICC_PROFILE\0\u0001\u0001"u8, .. new byte[128], .. bytes[2..]];
        TestImages.ShouldBeClose(ImageDecoder.Decode(bytes), Image, 14);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("interlaced png")]
    [InlineData("16-bit png")]
    public void Decode_Png_GivesTheExactPixels(string kind)
    {
        var bytes = ImageFiles.Of(kind, Image);
        bytes[24].ShouldBe((byte)(kind == "16-bit png" ? 16 : 8));
        Check(bytes, ImageFormat.Png, 0);
    }

    /// <summary>Few columns or rows leave some of the seven passes without pixels.</summary>
    [Fact]
    public void Decode_SmallInterlacedPngs_GivesTheExactPixels()
    {
        for (var width = 1; width <= 10; width++)
        for (var height = 1; height <= 10; height++)
        {
            var image = TestImages.Formula(width, height);
            ImageDecoder.Decode(PngWriter.Interlaced(image)).Pixels.ShouldBe(image.Pixels, $"{width} × {height}");
        }
    }

    /// <summary>Of 16 bits the upper eight, not rounded: as Pillow takes them.</summary>
    [Fact]
    public void Decode_PngOf16Bits_TakesTheUpperEight() =>
        ImageDecoder.Decode(PngWriter.Deep(2, 1, [0x12FF, 0x00FF, 0xFFFF, 0x8000, 0x7FFF, 0x0100]))
            .Pixels.ShouldBe([0x12, 0, 0xFF, 0x80, 0x7F, 1]);

    [Fact]
    public void Decode_GreyPngOf16Bits_GivesThreeEqualChannels()
    {
        var image = ImageDecoder.Decode(
            ImageFiles.Save(Image, new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.Grayscale }));
        var (r, g, b) = TestImages.Pixel(image, 50, 30);
        (r == g && g == b && r > 100 && r < 150).ShouldBeTrue();
    }

    [Theory]
    [InlineData("png")]
    [InlineData("lossless webp")]
    [InlineData("lossy webp")]
    [InlineData("tiff")]
    public void Decode_Alpha_IsLaidOverWhite(string kind)
    {
        // Left: opaque red. Middle: half transparent red. Right: fully transparent, colour black.
        var pixels = new byte[30 * 8 * 4];
        for (var i = 0; i < 30 * 8; i++)
            ((ReadOnlySpan<byte>)(i % 30 < 10 ? [255, 0, 0, 255] : i % 30 < 20 ? [255, 0, 0, 128] : [0, 0, 0, 0]))
                .CopyTo(pixels.AsSpan(i * 4));
        var bytes = kind switch
        {
            "png" => ImageFiles.SaveRgba(pixels, 30, 8, new PngEncoder { ColorType = PngColorType.RgbWithAlpha }),
            "lossless webp" => ImageFiles.SaveRgba(pixels, 30, 8, new WebpEncoder { FileFormat = WebpFileFormatType.Lossless }),
            "lossy webp" => ImageFiles.Read("alpha-lossy.webp"),
            _ => new TiffWriter { Samples = 4, Tags = [(338, 3, [2])] }.Write(30, 8, pixels),
        };
        var image = ImageDecoder.Decode(bytes);
        var error = kind == "lossy webp" ? 3 : 0;
        ShouldBeNear(TestImages.Pixel(image, 5, 4), (255, 0, 0), error);
        ShouldBeNear(TestImages.Pixel(image, 25, 4), (255, 255, 255), 0);
        ShouldBeNear(TestImages.Pixel(image, 15, 4), (255, 127, 127), error + 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Decode_PalettePng_GivesThePalettesColours(int bits)
    {
        var count = 1 << bits;
        var indices = new byte[16 * 16];
        for (var i = 0; i < 256; i++) indices[i] = (byte)(i % count);
        var palette = new byte[count * 3];
        for (var i = 0; i < palette.Length; i++) palette[i] = (byte)(i * 77 + 13);
        var image = ImageDecoder.Decode(PngWriter.Indexed(16, 16, bits, indices, palette));
        for (var i = 0; i < 256; i++)
        {
            var c = indices[i] * 3;
            TestImages.Pixel(image, i % 16, i / 16).ShouldBe((palette[c], palette[c + 1], palette[c + 2]));
        }
    }

    [Fact]
    public void Decode_PalettePngWithTransparency_IsLaidOverWhite()
    {
        var image = ImageDecoder.Decode(PngWriter.Indexed(2, 1, 8, [0, 1], [255, 0, 0, 0, 0, 255], transparency: [255, 0]));
        TestImages.Pixel(image, 0, 0).ShouldBe(((byte)255, (byte)0, (byte)0));
        TestImages.Pixel(image, 1, 0).ShouldBe(((byte)255, (byte)255, (byte)255));
    }

    [Theory]
    [InlineData("lossy webp", 4.0)]
    [InlineData("lossless webp", 0.0)]
    public void Decode_WebP_GivesThePixels(string kind, double meanError) =>
        Check(ImageFiles.Of(kind, Image), ImageFormat.WebP, meanError);

    [Fact]
    public void Decode_AnimatedWebP_GivesTheFirstFrameOverWhite()
    {
        var bytes = ImageFiles.Read("animation.webp");
        ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(ImageFormat.WebP, 20, 10, 2, 1));
        var image = ImageDecoder.Decode(bytes);
        for (var y = 0; y < 10; y++)
        for (var x = 0; x < 20; x++)
            ShouldBeNear(TestImages.Pixel(image, x, y), x is >= 4 and < 12 && y is >= 2 and < 8 ? (255, 0, 0) : (255, 255, 255), 0);
    }

    [Fact]
    public void Decode_Gif_GivesThePixels() => Check(ImageFiles.Of("gif", Image), ImageFormat.Gif, 6);

    [Fact]
    public void Decode_AnimatedGif_GivesTheFirstFrame()
    {
        var bytes = ImageFiles.Animation(10, 10, new Rgb24(255, 0, 0), new Rgb24(0, 0, 255));
        ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(ImageFormat.Gif, 10, 10, 2, 1));
        TestImages.Pixel(ImageDecoder.Decode(bytes), 5, 5).ShouldBe(((byte)255, (byte)0, (byte)0));
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("tiff")]
    public void Decode_EveryOrientation_ComesUpright(string format)
    {
        var upright = TestImages.Gradient(64, 32);
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            // What a camera held that way would have stored: the inverse of turning upright (6 and 8 are each other's inverse, the rest
            // their own).
            var stored = ExifOrientation.Upright(upright, orientation switch { 6 => 8, 8 => 6, var o => o });
            var bytes = format switch
            {
                "jpeg" => ImageFiles.Save(stored, new JpegEncoder { Quality = 95 }, orientation),
                "png" => PngWriter.WithOrientation(ImageFiles.Png(stored), orientation),
                "webp" => ImageFiles.Save(stored, new WebpEncoder { FileFormat = WebpFileFormatType.Lossless }, orientation),
                _ => new TiffWriter { Tags = [(274, 3, [orientation])] }.Write(stored),
            };
            ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(ImageFormatDetector.Detect(bytes), 64, 32, 1, orientation));
            TestImages.ShouldBeClose(ImageDecoder.Decode(bytes), upright, 4);
        }
    }

    private static void ShouldBeNear((byte R, byte G, byte B) pixel, (int R, int G, int B) expected, int error)
    {
        ((int)pixel.R).ShouldBeInRange(expected.R - error, expected.R + error);
        ((int)pixel.G).ShouldBeInRange(expected.G - error, expected.G + error);
        ((int)pixel.B).ShouldBeInRange(expected.B - error, expected.B + error);
    }

    private static void Check(byte[] bytes, ImageFormat format, double meanError)
    {
        ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(format, Image.Width, Image.Height, 1, 1));
        TestImages.ShouldBeClose(ImageDecoder.Decode(bytes), Image, meanError);
    }
}
