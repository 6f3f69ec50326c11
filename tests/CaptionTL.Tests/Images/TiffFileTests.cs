using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class TiffFileTests
{
    private static readonly RgbImage Image = TestImages.Gradient(97, 61);

    [Theory]
    [InlineData("tiff")]
    [InlineData("lzw tiff")]
    [InlineData("deflate tiff")]
    [InlineData("packbits tiff")]
    [InlineData("tiled tiff")]
    [InlineData("big tiff")]
    public void Decode_Tiff_GivesTheExactPixels(string kind) => Check(ImageFiles.Of(kind, Image));

    public static TheoryData<bool, bool, bool, int> Layouts
    {
        get
        {
            var layouts = new TheoryData<bool, bool, bool, int>();
            foreach (var bigEndian in (bool[])[false, true])
            foreach (var tiled in (bool[])[false, true])
            foreach (var planar in (bool[])[false, true])
            foreach (var bits in (int[])[8, 16])
                layouts.Add(bigEndian, tiled, planar, bits);
            return layouts;
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Decode_EveryLayout_GivesTheExactPixels(bool bigEndian, bool tiled, bool planar, int bits) =>
        Check(new TiffWriter { BigEndian = bigEndian, Tile = tiled ? 16 : 0, RowsPerStrip = 9, Planar = planar, Bits = bits }
            .Write(Image));

    [Theory]
    [InlineData("jpeg.tif")]
    [InlineData("jpeg-tiles.tif")]
    public void Decode_JpegInside_GivesThePixels(string name) =>
        TestImages.ShouldBeClose(ImageDecoder.Decode(ImageFiles.Read(name)), Image, 2.5);

    [Fact]
    public void Decode_GreyJpegInside_GivesThreeEqualChannels()
    {
        var (r, g, b) = TestImages.Pixel(ImageDecoder.Decode(ImageFiles.Read("jpeg-grey.tif")), 50, 30);
        (r == g && g == b && r > 100 && r < 150).ShouldBeTrue();
    }

    [Fact]
    public void Decode_Fax_GivesBlackAndWhite()
    {
        var (image, formula) = (ImageDecoder.Decode(ImageFiles.Read("fax4.tif")), TestImages.Formula(60, 45));
        for (var i = 0; i < image.Pixels.Length; i += 3) image.Pixels[i].ShouldBe((byte)(formula.Pixels[i] >= 128 ? 255 : 0));
    }

    [Fact]
    public void Decode_Cmyk_ComesCloseToTheOriginal() =>
        TestImages.ShouldBeClose(ImageDecoder.Decode(ImageFiles.Read("cmyk.tif")), Image, 14);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decode_FourthChannelWithoutMeaning_IsLeftOut(bool declared)
    {
        byte[] pixels = [.. Image.Pixels.Chunk(3).SelectMany((p, i) => (byte[])[.. p, (byte)i])];
        Check(new TiffWriter { Samples = 4, Tags = declared ? [(338, 3, [0])] : [] }.Write(97, 61, pixels));
    }

    [Fact]
    public void Decode_FloatingPoint_SaysThatItIsNotRead()
    {
        byte[] pixels = [.. Image.Pixels.SelectMany(p => BitConverter.GetBytes((float)p))];
        var bytes = new TiffWriter { Bits = 32, Tags = [(339, 3, [3, 3, 3])] }.Write(97, 61, pixels);
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.UnsupportedVariant);
    }

    [Theory]
    [InlineData(8, 47, "too short")]
    [InlineData(8, 5000, "within the file")]
    [InlineData(5000, 48, "outside")]
    public void Decode_StripsOutsideOfTheFile_AreCorrupt(int offset, int length, string why)
    {
        // 48 bytes are needed.
        var bytes = new TiffWriter { Tags = [(273, 4, [offset]), (279, 4, [length])] }.Write(TestImages.Gradient(4, 4));
        var error = Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes));
        error.Problem.ShouldBe(ImageProblem.Corrupt);
        error.Message.ShouldContain(why);
    }

    private static void Check(byte[] bytes)
    {
        ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(ImageFormat.Tiff, 97, 61, 1, 1));
        TestImages.ShouldBeClose(ImageDecoder.Decode(bytes), Image, 0);
    }
}
