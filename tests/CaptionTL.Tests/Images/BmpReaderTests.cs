using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class BmpReaderTests
{
    [Fact]
    public void Decode_24Bits_GivesTheExactPixels()
    {
        var image = TestImages.Formula(13, 7);
        var bytes = BmpWriter.Write(13, 7, 24, BmpWriter.Rows24(image));
        ImageDecoder.ReadHeader(bytes).ShouldBe(new ImageHeader(ImageFormat.Bmp, 13, 7, 1, 1));
        ImageDecoder.Decode(bytes).Pixels.ShouldBe(image.Pixels);
    }

    [Fact]
    public void Decode_TopDown_StartsWithTheFirstRow()
    {
        // Two rows of one pixel: red above blue.
        var bytes = BmpWriter.Write(1, -2, 24, [0, 0, 255, 0, 255, 0, 0, 0]);
        ImageDecoder.Decode(bytes).Pixels.ShouldBe([255, 0, 0, 0, 0, 255]);
    }

    [Theory]
    [InlineData(1, new byte[] { 0b0100_0000, 0, 0, 0 }, new[] { 0, 1, 0 })]
    [InlineData(4, new byte[] { 0x20, 0x10, 0, 0 }, new[] { 2, 0, 1 })]
    [InlineData(8, new byte[] { 2, 1, 2, 0 }, new[] { 2, 1, 2 })]
    public void Decode_Palette_GivesThePalettesColours(int bits, byte[] row, int[] expected)
    {
        byte[] palette = [1, 2, 3, 0, 40, 50, 60, 0, 200, 210, 220, 0, .. new byte[Math.Max(0, (1 << bits) - 3) * 4]];
        byte[][] colours = [[3, 2, 1], [60, 50, 40], [220, 210, 200]];
        var image = ImageDecoder.Decode(BmpWriter.Write(3, 1, bits, row, palette[..((1 << bits) * 4)]));
        image.Pixels.ShouldBe(expected.SelectMany(e => colours[e]));
    }

    [Fact]
    public void Decode_16Bits_ScalesFiveBitsToEight() =>
        ImageDecoder.Decode(BmpWriter.Write(2, 1, 16, [0xFF, 0x7F, 0x00, 0x40])).Pixels.ShouldBe([255, 255, 255, 132, 0, 0]);

    [Fact]
    public void Decode_16BitsWithMasks_FollowsTheMasks() =>
        ImageDecoder.Decode(BmpWriter.Write(
            2, 1, 16, [0xE0, 0x07, 0x1F, 0x00], compression: 3, extra: [0x00, 0xF8, 0, 0, 0xE0, 0x07, 0, 0, 0x1F, 0, 0, 0])).Pixels
            .ShouldBe([0, 255, 0, 0, 0, 255]);

    [Fact]
    public void Decode_32BitsWithAlpha_IsLaidOverWhite()
    {
        byte[] masks = [0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF];
        byte[] V4(byte[] rows) => BmpWriter.Write(2, 1, 32, rows, compression: 3, headerBytes: 108, extra: [.. masks, .. new byte[52]]);
        ImageDecoder.Decode(V4([0, 0, 255, 255, 0, 0, 0, 0])).Pixels.ShouldBe([255, 0, 0, 255, 255, 255]);
        // Alpha zero everywhere is a writer that did not fill it in.
        ImageDecoder.Decode(V4([0, 0, 255, 0, 9, 8, 7, 0])).Pixels.ShouldBe([255, 0, 0, 7, 8, 9]);
    }

    [Fact]
    public void Decode_RunLengths_SaysThatTheyAreNotRead()
    {
        var error = Should.Throw<ImageException>(
            () => ImageDecoder.Decode(BmpWriter.Write(4, 4, 8, new byte[16], new byte[1024], compression: 1)));
        error.Problem.ShouldBe(ImageProblem.UnsupportedVariant);
        error.Message.ShouldContain("run-length");
    }

    [Fact]
    public void Decode_ColourBeyondThePalette_IsCorrupt()
    {
        var bytes = BmpWriter.Write(4, 1, 8, [0, 1, 2, 3], [0, 0, 0, 0, 1, 1, 1, 0]);
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.Corrupt);
    }
}
