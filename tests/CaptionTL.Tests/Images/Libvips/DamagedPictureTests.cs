using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class DamagedPictureTests
{
    private static readonly RgbImage Picture = TestPictures.Formula(120, 90);

    public static TheoryData<string> Formats => ["jpeg", "progressive jpeg", "png", "interlaced png", "webp", "gif", "tiff", "lzw tiff", "bmp"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decode_CutOffAnywhere_IsAnErrorOrTheWholePicture(string format)
    {
        var bytes = Encode(format);
        var whole = ImageDecoder.Decode(bytes);
        foreach (var length in Offsets(bytes.Length))
        {
            RgbImage image;
            try
            {
                image = ImageDecoder.Decode(bytes.AsMemory(0, length));
            }
            catch (ImageException e)
            {
                e.Problem.ShouldBeOneOf(ImageProblem.Corrupt, ImageProblem.Empty, ImageProblem.UnknownFormat, ImageProblem.UnsupportedVariant);
                e.Message.Length.ShouldBeGreaterThan(20);
                continue;
            }
            // What is missing was padding or a trailer.
            image.Pixels.ShouldBe(whole.Pixels, $"{format} cut off at {length} of {bytes.Length}");
        }
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes.AsMemory(0, bytes.Length / 2))).Message.ShouldContain("damaged or cut off");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decode_BytesChanged_IsAnErrorOrAPicture(string format)
    {
        var whole = Encode(format);
        var random = new SplitMix64(20);
        for (var round = 0; round < 150; round++)
        {
            var bytes = whole.ToArray();
            // The first bytes decide the format; the rest of the header is the most interesting.
            for (var i = 0; i < 3; i++) bytes[4 + random.Below(round % 2 == 0 ? Math.Min(100, bytes.Length - 4) : bytes.Length - 4)] = (byte)random.Next();
            try
            {
                var image = ImageDecoder.Decode(bytes, new ImageLimits { MaxPixels = 4_000_000 });
                image.Pixels.Length.ShouldBe(image.Width * image.Height * 3);
            }
            catch (ImageException e)
            {
                e.Message.ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public void Decode_ManyAtOnceSomeDamaged_GivesEveryOneItsOwnResult()
    {
        var (jpeg, png) = (Encode("jpeg"), Encode("png"));
        var (jpegPixels, pngPixels) = (ImageDecoder.Decode(jpeg).Pixels, ImageDecoder.Decode(png).Pixels);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            if (i % 4 == 0) ImageDecoder.Decode(jpeg).Pixels.ShouldBe(jpegPixels);
            else if (i % 4 == 1) ImageDecoder.Decode(png).Pixels.ShouldBe(pngPixels);
            else if (i % 4 == 2) Should.Throw<ImageException>(() => ImageDecoder.Decode(jpeg.AsMemory(0, 3000))).Message.ShouldStartWith("the Jpeg picture of 3,000 bytes");
            else Should.Throw<ImageException>(() => ImageDecoder.Decode(png.AsMemory(0, 3000))).Message.ShouldNotContain("Jpeg");
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decode_BeyondTheLimits_SaysWhatTheLimitIs(string format)
    {
        var bytes = Encode(format);
        ImageLimits[] tooSmall = [new() { MaxBytes = bytes.Length - 1 }, new() { MaxPixels = 120 * 90 - 1 }, new() { MaxWidth = 119 }, new() { MaxHeight = 89 }];
        foreach (var limits in tooSmall)
            Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes, limits)).Problem.ShouldBe(ImageProblem.TooLarge);
        var justEnough = new ImageLimits { MaxBytes = bytes.Length, MaxPixels = 120 * 90, MaxWidth = 120, MaxHeight = 90 };
        ImageDecoder.Decode(bytes, justEnough).Width.ShouldBe(120);
    }

    [Fact]
    public void Decode_HeaderPromisingGigabytes_IsRefusedBeforeDecoding()
    {
        var png = Encode("png");
        // 65,000 × 65,000 in the header of a small file: its check sum is wrong too, and whichever is seen first, nothing is allocated.
        foreach (var at in (int[])[16, 20]) (png[at], png[at + 1], png[at + 2], png[at + 3]) = (0, 0, 0xFD, 0xE8);
        var before = GC.GetTotalAllocatedBytes();
        Should.Throw<ImageException>(() => ImageDecoder.Decode(png));
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(50_000_000);

        var bmp = BmpWriter.Write(4, 4, 24, new byte[48]);
        BitConverter.TryWriteBytes(bmp.AsSpan(18), 32000).ShouldBeTrue();
        BitConverter.TryWriteBytes(bmp.AsSpan(22), 32000).ShouldBeTrue();
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bmp)).Problem.ShouldBe(ImageProblem.TooLarge);
    }

    private static byte[] Encode(string format) => format switch
    {
        "jpeg" => VipsEncoder.Encode(Picture, "jpegsave_buffer"),
        "progressive jpeg" => VipsEncoder.Encode(Picture, "jpegsave_buffer", options: [("interlace", "true")]),
        "png" => VipsEncoder.Encode(Picture, "pngsave_buffer"),
        "interlaced png" => VipsEncoder.Encode(Picture, "pngsave_buffer", options: [("interlace", "true")]),
        "webp" => VipsEncoder.Encode(Picture, "webpsave_buffer"),
        "gif" => VipsEncoder.Encode(Picture, "gifsave_buffer"),
        "tiff" => VipsEncoder.Encode(Picture, "tiffsave_buffer"),
        "lzw tiff" => VipsEncoder.Encode(Picture, "tiffsave_buffer", options: [("compression", "lzw")]),
        _ => BmpWriter.Write(120, 90, 24, BmpWriter.Rows24(Picture)),
    };

    /// <summary>Every offset in the header and the trailer, then some sixty in between.</summary>
    private static IEnumerable<int> Offsets(int length)
    {
        for (var i = 0; i < length; i += i < 64 || i > length - 24 ? 1 : Math.Max(1, Math.Min(length / 60, length - 24 - i))) yield return i;
    }
}
