using System.Buffers.Binary;
using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class DamagedImageTests
{
    private static readonly RgbImage Image = TestImages.Formula(60, 45);

    [Theory]
    [MemberData(nameof(ImageFiles.Kinds), MemberType = typeof(ImageFiles))]
    public void Decode_CutOffAnywhere_IsAnErrorOrTheWholeImage(string kind)
    {
        var bytes = ImageFiles.Of(kind, Image);
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
                e.Problem.ShouldBeOneOf(
                    ImageProblem.Corrupt, ImageProblem.Empty, ImageProblem.UnknownFormat, ImageProblem.UnsupportedVariant);
                e.Message.Length.ShouldBeGreaterThan(20);
                continue;
            }
            // What is missing was padding, a trailer or a later frame.
            image.Pixels.ShouldBe(whole.Pixels, $"{kind} cut off at {length} of {bytes.Length}");
        }
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes.AsMemory(0, kind == "animated webp" ? 70 : bytes.Length / 2)))
            .Message.ShouldContain("damaged or cut off");
    }

    [Theory]
    [InlineData("rocket.jpg")]
    [InlineData("coffee.png")]
    public void Decode_SampleCutOff_IsAnError(string name)
    {
        var bytes = TestImages.Sample(name);
        for (var tenths = 1; tenths < 10; tenths++)
        {
            var error = Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes.AsMemory(0, bytes.Length * tenths / 10)));
            error.Problem.ShouldBe(ImageProblem.Corrupt);
            error.Message.ShouldContain("damaged or cut off");
        }
    }

    [Theory]
    [InlineData("rocket.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("progressive-restarts.jpg")]
    [InlineData("baseline-restarts.jpg")]
    [InlineData("separate-scans.jpg")]
    [InlineData("detail-progressive.jpg")]
    [InlineData("cmyk.jpg")]
    public void Decode_JpegWithoutItsEndMarker_IsRead(string name)
    {
        var bytes = name == "rocket.jpg" ? TestImages.Sample(name) : ImageFiles.Read(name);
        bytes[^2..].ShouldBe([0xFF, 0xD9]);
        var whole = ImageDecoder.Decode(bytes).Pixels;
        ImageDecoder.Decode(bytes.AsMemory(0, bytes.Length - 2)).Pixels.ShouldBe(whole);
        ImageDecoder.Decode(bytes.AsMemory(0, bytes.Length - 1)).Pixels.ShouldBe(whole);
        // With the last coded bytes its last pixels are gone.
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes.AsMemory(0, bytes.Length - 4))).Problem.ShouldBe(
            ImageProblem.Corrupt);
    }

    /// <summary>
    /// Each scan of a progressive JPEG makes all pixels better: where the last ones are missing, the pixels are there, but not as they
    /// were.
    /// </summary>
    [Theory]
    [InlineData("progressive.jpg")]
    [InlineData("separate-scans.jpg")]
    public void Decode_JpegWithoutItsLastScan_IsCorrupt(string name)
    {
        var bytes = ImageFiles.Read(name);
        // A scan may have its own tables in front of it.
        var last = Math.Max(bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]), 0);
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes.AsMemory(0, last))).Problem.ShouldBe(ImageProblem.Corrupt);
    }

    /// <summary>All its chunks are there, but not all its rows.</summary>
    [Theory]
    [InlineData("png")]
    [InlineData("interlaced png")]
    public async Task Decode_PngWithoutItsLastRows_IsCorrupt(string kind)
    {
        var bytes = ImageFiles.Of(kind, Image);
        var data = bytes.AsSpan().IndexOf("IDAT"u8);
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(data - 4));
        byte[] half = [.. bytes[..(data + 4 + length / 2)], .. bytes[(data + 4 + length)..]];
        BinaryPrimitives.WriteInt32BigEndian(half.AsSpan(data - 4), length / 2);
        PngWriter.RepairCheckSums(half);
        var decode = Task.Run(() => ImageDecoder.Decode(half), TestContext.Current.CancellationToken);
        (await Task.WhenAny(decode, Task.Delay(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken))).ShouldBe(decode);
        (await Should.ThrowAsync<ImageException>(decode)).Problem.ShouldBe(ImageProblem.Corrupt);
    }

    /// <summary>
    /// Seeded, so that a failure repeats; the first bytes decide the format, the rest of the header is the most interesting.
    /// </summary>
    [Theory]
    [MemberData(nameof(ImageFiles.Kinds), MemberType = typeof(ImageFiles))]
    public async Task Decode_BytesChanged_IsAnErrorOrAnImage(string kind)
    {
        const int rounds = 300;
        var whole = ImageFiles.Of(kind, Image);
        var limits = new ImageLimits { MaxPixels = 1_000_000 };
        var round = 0;
        var all = Task.Run(() =>
        {
            var random = new SplitMix64(20);
            for (; round < rounds; round++)
            {
                var bytes = Changed(whole, random, round);
                // Nearly all would end at a wrong check sum; half of them are to come further.
                if (kind.EndsWith("png", StringComparison.Ordinal) && round % 4 < 2) PngWriter.RepairCheckSums(bytes);
                try
                {
                    var image = ImageDecoder.Decode(bytes, limits);
                    image.Pixels.Length.ShouldBe(image.Width * image.Height * 3);
                    ((long)image.Width * image.Height).ShouldBeLessThanOrEqualTo(limits.MaxPixels);
                }
                catch (ImageException e)
                {
                    e.Message.ShouldNotBeEmpty();
                }
            }
        }, TestContext.Current.CancellationToken);
        // Hundreds of images take a second or two; a minute is no measure of speed, but finds what never ends.
        (await Task.WhenAny(all, Task.Delay(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)))
            .ShouldBe(all, $"{kind}: round {round} does not end");
        await all;
    }

    [Fact]
    public void Decode_ManyAtOnceSomeDamaged_GivesEveryOneItsOwnResult()
    {
        var (jpeg, png) = (ImageFiles.Of("jpeg", TestImages.Formula(120, 90)), ImageFiles.Of("png", TestImages.Formula(120, 90)));
        var (jpegPixels, pngPixels) = (ImageDecoder.Decode(jpeg).Pixels, ImageDecoder.Decode(png).Pixels);
        Parallel.For(
            0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            if (i % 4 == 0) ImageDecoder.Decode(jpeg).Pixels.ShouldBe(jpegPixels);
            else if (i % 4 == 1) ImageDecoder.Decode(png).Pixels.ShouldBe(pngPixels);
            else if (i % 4 == 2) Should.Throw<ImageException>(() => ImageDecoder.Decode(jpeg.AsMemory(0, 3000)))
                .Message.ShouldStartWith("the Jpeg image of 3,000 bytes");
            else Should.Throw<ImageException>(() => ImageDecoder.Decode(png.AsMemory(0, 3000))).Message.ShouldNotContain("Jpeg");
        });
    }

    /// <summary>One to three bytes, a run of one value, or a piece moved to another place.</summary>
    private static byte[] Changed(byte[] whole, SplitMix64 random, int round)
    {
        var bytes = whole.ToArray();
        var end = round % 2 == 0 ? Math.Min(150, bytes.Length) : bytes.Length;
        switch (round % 5)
        {
            case 3:
                AtMost(bytes.AsSpan(4 + random.Below(end - 4)), 1 + random.Below(8)).Fill(random.Below(2) == 0 ? (byte)0xFF : (byte)0);
                break;
            case 4:
                var piece = AtMost(bytes.AsSpan(random.Below(bytes.Length)), 1 + random.Below(64)).ToArray();
                piece.CopyTo(bytes, 4 + random.Below(bytes.Length - 4 - piece.Length));
                break;
            default:
                for (var i = 0; i <= round % 3; i++) bytes[4 + random.Below(end - 4)] = (byte)random.Next();
                break;
        }
        return bytes;
    }

    private static Span<byte> AtMost(Span<byte> span, int length) => span[..Math.Min(length, span.Length)];

    /// <summary>Every offset in the header and the trailer, then some sixty in between.</summary>
    private static IEnumerable<int> Offsets(int length)
    {
        for (var i = 0; i < length; i += i < 64 || i > length - 24 ? 1 : Math.Max(1, Math.Min(length / 60, length - 24 - i)))
            yield return i;
    }
}
