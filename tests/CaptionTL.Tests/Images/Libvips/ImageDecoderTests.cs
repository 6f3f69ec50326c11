using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class ImageDecoderTests
{
    private static readonly RgbImage Picture = TestPictures.Gradient(97, 61);

    [Theory]
    [InlineData("baseline")]
    [InlineData("progressive")]
    [InlineData("subsampled")]
    public void Decode_Jpeg_GivesThePixels(string variant)
    {
        (string, string)[] options = variant switch
        {
            "progressive" => [("Q", "95"), ("interlace", "true")],
            "subsampled" => [("Q", "95"), ("subsample_mode", "on")],
            _ => [("Q", "95")],
        };
        Check(VipsEncoder.Encode(Picture, "jpegsave_buffer", options: options), ImageFormat.Jpeg, 2.5);
    }

    [Fact]
    public void Decode_GreyJpeg_GivesThreeEqualChannels()
    {
        var bytes = VipsEncoder.Encode(Picture, "jpegsave_buffer", [("colourspace", [("space", "b-w")])], [("Q", "95")]);
        var image = ImageDecoder.Decode(bytes);
        var (r, g, b) = TestPictures.Pixel(image, 50, 30);
        (r == g && g == b).ShouldBeTrue();
        ((int)r).ShouldBeInRange(100, 150);
    }

    /// <summary>With the profile inside and without it, stored inverted as Adobe's programs (and libjpeg's Adobe marker) have it.</summary>
    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public void Decode_CmykJpeg_ComesCloseToTheOriginal(string strip)
    {
        var bytes = VipsEncoder.Encode(TestPictures.Gradient(97, 61), "jpegsave_buffer", [("icc_export", [("output_profile", "cmyk")])], [("Q", "95"), ("strip", strip)]);
        bytes.AsSpan().IndexOf("Adobe"u8).ShouldBeGreaterThan(0);
        TestPictures.ShouldBeClose(ImageDecoder.Decode(bytes), Picture, 14);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("interlaced")]
    [InlineData("16-bit")]
    public void Decode_Png_GivesTheExactPixels(string variant)
    {
        var bytes = variant switch
        {
            "interlaced" => VipsEncoder.Encode(Picture, "pngsave_buffer", options: [("interlace", "true")]),
            "16-bit" => VipsEncoder.Encode(Picture, "pngsave_buffer", [("colourspace", [("space", "rgb16")])]),
            _ => VipsEncoder.Encode(Picture, "pngsave_buffer"),
        };
        if (variant == "16-bit") bytes[24].ShouldBe((byte)16);
        Check(bytes, ImageFormat.Png, 0);
    }

    [Fact]
    public void Decode_GreyPngOf16Bits_GivesThreeEqualChannels()
    {
        var bytes = VipsEncoder.Encode(Picture, "pngsave_buffer", [("colourspace", [("space", "grey16")])]);
        var image = ImageDecoder.Decode(bytes);
        var (r, g, b) = TestPictures.Pixel(image, 50, 30);
        (r == g && g == b && r > 100 && r < 150).ShouldBeTrue();
    }

    [Theory]
    [InlineData("pngsave_buffer")]
    [InlineData("webpsave_buffer")]
    [InlineData("tiffsave_buffer")]
    public void Decode_Alpha_IsLaidOverWhite(string saver)
    {
        // Left: opaque red. Middle: half transparent red. Right: fully transparent, colour black.
        var pixels = new byte[30 * 8 * 4];
        for (var i = 0; i < 30 * 8; i++)
            ((ReadOnlySpan<byte>)(i % 30 < 10 ? [255, 0, 0, 255] : i % 30 < 20 ? [255, 0, 0, 128] : [0, 0, 0, 0])).CopyTo(pixels.AsSpan(i * 4));
        var bytes = VipsEncoder.Encode(pixels, 30, 8, 4, saver, options: saver.StartsWith("webp", StringComparison.Ordinal) ? [("lossless", "true")] : []);
        var image = ImageDecoder.Decode(bytes);
        TestPictures.Pixel(image, 5, 4).ShouldBe(((byte)255, (byte)0, (byte)0));
        TestPictures.Pixel(image, 25, 4).ShouldBe(((byte)255, (byte)255, (byte)255));
        var (r, g, b) = TestPictures.Pixel(image, 15, 4);
        r.ShouldBe((byte)255);
        ((int)g).ShouldBeInRange(126, 128);
        b.ShouldBe(g);
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
            TestPictures.Pixel(image, i % 16, i / 16).ShouldBe((palette[c], palette[c + 1], palette[c + 2]));
        }
    }

    [Fact]
    public void Decode_PalettePngWithTransparency_IsLaidOverWhite()
    {
        var image = ImageDecoder.Decode(PngWriter.Indexed(2, 1, 8, [0, 1], [255, 0, 0, 0, 0, 255], transparency: [255, 0]));
        TestPictures.Pixel(image, 0, 0).ShouldBe(((byte)255, (byte)0, (byte)0));
        TestPictures.Pixel(image, 1, 0).ShouldBe(((byte)255, (byte)255, (byte)255));
    }

    [Theory]
    [InlineData("false", 4.0)]
    [InlineData("true", 0.0)]
    public void Decode_WebP_GivesThePixels(string lossless, double meanError) =>
        Check(VipsEncoder.Encode(Picture, "webpsave_buffer", options: [("Q", "90"), ("lossless", lossless)]), ImageFormat.WebP, meanError);

    [Fact]
    public void Decode_Gif_GivesThePixels() =>
        Check(VipsEncoder.Encode(Picture, "gifsave_buffer", options: [("dither", "0")]), ImageFormat.Gif, 6);

    [Fact]
    public void Decode_AnimatedGif_GivesTheFirstFrame()
    {
        // Two frames on top of each other, as libvips has them: red, then blue.
        var pixels = new byte[10 * 20 * 3];
        for (var i = 0; i < 10 * 20; i++) pixels[i * 3 + (i < 100 ? 0 : 2)] = 255;
        var bytes = VipsEncoder.Encode(pixels, 10, 20, 3, "gifsave_buffer", options: [("page_height", "10")]);
        var header = ImageDecoder.ReadHeader(bytes);
        header.ShouldBe(new ImageHeader(ImageFormat.Gif, 10, 10, 2, 1));
        TestPictures.Pixel(ImageDecoder.Decode(bytes), 5, 5).ShouldBe(((byte)255, (byte)0, (byte)0));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("lzw")]
    [InlineData("deflate")]
    [InlineData("packbits")]
    public void Decode_Tiff_GivesTheExactPixels(string compression) =>
        Check(VipsEncoder.Encode(Picture, "tiffsave_buffer", options: [("compression", compression)]), ImageFormat.Tiff, 0);

    [Fact]
    public void Decode_TiledTiffOf16Bits_GivesTheExactPixels() =>
        Check(VipsEncoder.Encode(Picture, "tiffsave_buffer", [("colourspace", [("space", "rgb16")])], [("tile", "true"), ("tile_width", "16"), ("tile_height", "16")]), ImageFormat.Tiff, 0);

    [Fact]
    public void Decode_FloatingPointTiff_SaysThatItIsNotRead()
    {
        var bytes = VipsEncoder.Encode(Picture, "tiffsave_buffer", [("cast", [("format", "float")])]);
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.UnsupportedVariant);
    }

    [Theory]
    [InlineData("jpegsave_buffer")]
    [InlineData("pngsave_buffer")]
    [InlineData("webpsave_buffer")]
    [InlineData("tiffsave_buffer")]
    public void Decode_EveryOrientation_ComesUpright(string saver)
    {
        var upright = TestPictures.Gradient(64, 32);
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            var stored = Stored(upright, orientation);
            var bytes = saver == "pngsave_buffer"
                ? PngWriter.WithOrientation(VipsEncoder.Encode(stored, saver), orientation)
                : VipsEncoder.Encode(stored, saver, orientation: orientation);
            ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(ImageFormatDetector.Detect(bytes), 64, 32, 1, orientation));
            TestPictures.ShouldBeClose(ImageDecoder.Decode(bytes), upright, 4);
        }
    }

    [Fact]
    public void Decode_SmallSizeWanted_ShrinksButNotBelowIt()
    {
        var large = VipsEncoder.Encode(TestPictures.Gradient(1200, 800), "jpegsave_buffer");
        Size(large, new PixelSize(400, 300)).ShouldBe((600, 400));
        Size(large, new PixelSize(300, 200)).ShouldBe((300, 200));
        Size(large, new PixelSize(301, 10)).ShouldBe((600, 400));
        Size(large, new PixelSize(601, 10)).ShouldBe((1200, 800));
        Size(large, new PixelSize(5000, 5000)).ShouldBe((1200, 800));
    }

    [Fact]
    public void Decode_ShrunkAndTurned_GivesTheSamePicture()
    {
        var upright = TestPictures.Gradient(800, 400);
        var bytes = VipsEncoder.Encode(Stored(upright, 6), "jpegsave_buffer", options: [("Q", "95")], orientation: 6);
        TestPictures.ShouldBeClose(ImageDecoder.Decode(bytes, null, new PixelSize(200, 100)), TestPictures.Gradient(200, 100), 3);
    }

    /// <summary>libvips shrinks WebP to what is asked, ImageSharp reads it whole.</summary>
    [Fact]
    public void Decode_SmallWebPWanted_IsNeverBelowIt()
    {
        var webp = Size(VipsEncoder.Encode(TestPictures.Gradient(1200, 800), "webpsave_buffer"), new PixelSize(300, 200));
        webp.ShouldBeOneOf((1200, 800), webp.Width is >= 300 and <= 310 && webp.Height is >= 200 and <= 206 ? webp : default);
    }

    private static (int Width, int Height) Size(byte[] bytes, PixelSize atLeast)
    {
        var image = ImageDecoder.Decode(bytes, null, atLeast);
        return (image.Width, image.Height);
    }

    /// <summary>What a camera held that way would have stored: the inverse of turning upright (6 and 8 are each other's inverse, the rest their own).</summary>
    private static RgbImage Stored(RgbImage upright, int orientation) => ExifOrientation.Upright(upright, orientation switch { 6 => 8, 8 => 6, var o => o });

    private static void Check(byte[] bytes, ImageFormat format, double meanError)
    {
        ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(format, Picture.Width, Picture.Height, 1, 1));
        TestPictures.ShouldBeClose(ImageDecoder.Decode(bytes), Picture, meanError);
    }
}
