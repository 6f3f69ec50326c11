using System.Buffers.Binary;
using System.IO.Compression;
using CaptionTL.Images;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Tests.Images;

/// <summary>Files that promise more than is read: refused by their headers, before anything is allocated by what they say.</summary>
public class ImageLimitsTests
{
    private const int Little = 20_000_000;

    [Theory]
    [MemberData(nameof(ImageFiles.Kinds), MemberType = typeof(ImageFiles))]
    public void Decode_BeyondTheLimits_SaysWhatTheLimitIs(string kind)
    {
        var bytes = ImageFiles.Of(kind, TestImages.Formula(60, 45));
        var header = ImageDecoder.ReadHeader(bytes);
        var (width, height) = (header.Width, header.Height);
        ImageLimits[] tooSmall = [new() { MaxBytes = bytes.Length - 1 }, new() { MaxPixels = width * height - 1 },
            new() { MaxWidth = width - 1 }, new() { MaxHeight = height - 1 }];
        foreach (var limits in tooSmall)
            Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes, limits)).Problem.ShouldBe(ImageProblem.TooLarge);
        var justEnough = new ImageLimits
        {
            MaxBytes = bytes.Length, MaxPixels = width * height, MaxWidth = width, MaxHeight = height, MaxPages = header.Pages
        };
        ImageDecoder.Decode(bytes, justEnough).Width.ShouldBe(width);
    }

    public static TheoryData<string> Promises =>
        ["jpeg", "progressive jpeg", "png", "lossy webp", "lossless webp", "animated webp", "gif", "tiff", "tiled tiff", "bmp"];

    [Theory]
    [MemberData(nameof(Promises))]
    public void Decode_HeaderPromisingGigabytes_IsRefusedBeforeDecoding(string kind)
    {
        var bytes = Promising(kind);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.TooLarge);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Little);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public void Decode_AnimationOfThreeFrames_AsManyAsTheLimitAllows(int mostPages, bool read)
    {
        const int header = 19; // signature, screen, two colours
        var one = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");
        byte[] animation = [.. one[..header], .. Enumerable.Repeat(one[header..^1], 3).SelectMany(frame => frame), one[^1]];
        var limits = new ImageLimits { MaxPages = mostPages };

        ImageDecoder.ReadHeader(animation).Pages.ShouldBe(3);
        if (read) ImageDecoder.Decode(animation, limits).Width.ShouldBe(1);
        else Should.Throw<ImageException>(() => ImageDecoder.Decode(animation, limits)).Problem.ShouldBe(ImageProblem.TooLarge);
    }

    [Fact]
    public void Decode_ManyFramesOrPages_IsRefused()
    {
        var gif = ImageFiles.Animation(4, 4, new Rgb24(1, 2, 3), new Rgb24(4, 5, 6));
        var second = gif.AsSpan(0, gif.Length - 1).LastIndexOf((ReadOnlySpan<byte>)[0x21, 0xF9]);
        byte[] manyFrames = [.. gif[..second], .. Enumerable.Repeat(gif[second..^1], 2000).SelectMany(f => f), 0x3B];
        ImageDecoder.ReadHeader(manyFrames).Pages.ShouldBe(2001);

        var webp = ImageFiles.Read("animation.webp");
        var frame = webp.AsSpan().LastIndexOf("ANMF"u8);
        byte[] manyInWebP = [.. webp, .. Enumerable.Repeat(webp[frame..], 2000).SelectMany(f => f)];
        BinaryPrimitives.WriteInt32LittleEndian(manyInWebP.AsSpan(4), manyInWebP.Length - 8);
        ImageDecoder.ReadHeader(manyInWebP).Pages.ShouldBe(2002);

        foreach (var bytes in (byte[][])[manyFrames, manyInWebP, Pages(2000)])
            Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.TooLarge);
        ImageDecoder.Decode(Pages(1000)).Width.ShouldBe(4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Decode_DirectoriesInALoop_CountsEachOnce(int backTo)
    {
        var bytes = Pages(3);
        // The last directory's link leads back.
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), backTo == 0 ? 8 : bytes.Length - 6);
        ImageDecoder.ReadHeader(bytes).Pages.ShouldBe(3);
        ImageDecoder.Decode(bytes).Width.ShouldBe(4);
    }

    /// <summary>A hundred megabytes of nothing in a few hundred bytes of text and profile.</summary>
    [Fact]
    public void Decode_PngWithPackedTexts_DoesNotUnpackThem()
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            for (var i = 0; i < 100; i++) deflate.Write(new byte[1 << 20]);
        var png = ImageFiles.Png(TestImages.Gradient(8, 8));
        byte[] content = [.. "name\0\0"u8, .. packed.ToArray()];
        png = PngWriter.WithChunk(PngWriter.WithChunk(png, "zTXt"u8, content), "iCCP"u8, content);
        png = PngWriter.WithChunk(png, "iTXt"u8, [.. "name\0\u0001\0\0\0"u8, .. packed.ToArray()]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ImageDecoder.Decode(png).Width.ShouldBe(8);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Little);
    }

    /// <summary>Lengths and counts that point far outside of the file, in every place that has one.</summary>
    [Theory]
    [InlineData(258)]
    [InlineData(273)]
    [InlineData(279)]
    [InlineData(320)]
    [InlineData(324)]
    [InlineData(338)]
    public void Decode_TiffWithHugeCounts_IsCorruptAndAllocatesLittle(int tag)
    {
        var bytes = new TiffWriter { Tags = [(320, 3, new int[768]), (338, 3, [0])] }.Write(TestImages.Gradient(32, 32));
        for (var at = 10; at < 10 + BitConverter.ToUInt16(bytes, 8) * 12; at += 12)
            if (BitConverter.ToUInt16(bytes, at) == tag) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 4), 0x40000000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (tag == 324) ImageDecoder.Decode(bytes).Width.ShouldBe(32);
        else Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.Corrupt);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Little);
    }

    [Fact]
    public void Decode_TiffWithTilesLargerThanTheImage_IsCorruptAndAllocatesLittle()
    {
        var bytes = new TiffWriter { Tile = 16, Deflate = true, Tags = [(322, 4, [40000]), (323, 4, [32000])] }
            .Write(TestImages.Gradient(16, 16));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.Corrupt);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Little);
    }

    /// <summary>Every strip would be the whole file: a few bytes decoded thousands of times.</summary>
    [Fact]
    public void Decode_TiffWhosePartsOverlap_IsCorrupt()
    {
        var bytes = new TiffWriter
        {
            RowsPerStrip = 1, Tags = [(273, 4, [.. Enumerable.Repeat(8, 300)]), (279, 4, [.. Enumerable.Repeat(3000, 300)])]
        }.Write(TestImages.Gradient(16, 300));
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.Corrupt);
    }

    /// <summary>Scans of a few bytes each cost a pass over all pixels.</summary>
    [Fact]
    public void Decode_JpegOfThousandsOfScans_IsCorrupt()
    {
        var bytes = ImageFiles.Read("progressive.jpg");
        var last = bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] many = [.. bytes[..last], .. Enumerable.Repeat(bytes[last..^2], 3000).SelectMany(scan => scan), 0xFF, 0xD9];
        Should.Throw<ImageException>(() => ImageDecoder.Decode(many)).Message.ShouldContain("scans");
    }

    /// <summary>A GIF's or a WebP's frame may not be larger than what it is drawn on.</summary>
    [Theory]
    [InlineData("gif")]
    [InlineData("animated webp")]
    public void Decode_FrameBeyondItsCanvas_IsCorrupt(string kind)
    {
        var bytes = ImageFiles.Of(kind, TestImages.Formula(60, 45));
        if (kind == "gif") (bytes[6], bytes[8]) = (30, 20);
        else (bytes[24], bytes[27]) = (8, 4);
        Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes)).Problem.ShouldBe(ImageProblem.Corrupt);
    }

    /// <summary>60,000 × 60,000 pixels, or as many as the format can say.</summary>
    private static byte[] Promising(string kind)
    {
        var bytes = ImageFiles.Of(kind, TestImages.Formula(60, 45));
        switch (kind)
        {
            case "jpeg" or "progressive jpeg":
                var frame = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, kind == "jpeg" ? (byte)0xC0 : (byte)0xC2]);
                foreach (var at in (int[])[frame + 5, frame + 7]) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), 60000);
                break;
            case "png":
                foreach (var at in (int[])[16, 20]) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), 60000);
                break;
            case "lossy webp":
                foreach (var at in (int[])[26, 28]) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), 0x3FFF);
                break;
            case "lossless webp":
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(21), 0x0FFFFFFF);
                break;
            case "animated webp":
                bytes.AsSpan(24, 6).Fill(0xFE);
                break;
            case "gif":
                bytes.AsSpan(6, 4).Fill(0xEA);
                break;
            case "tiff" or "tiled tiff":
                return new TiffWriter { Tile = kind == "tiff" ? 0 : 16, Tags = [(256, 4, [60000]), (257, 4, [60000])] }
                    .Write(TestImages.Formula(60, 45));
            default:
                foreach (var at in (int[])[18, 22]) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), 32000);
                break;
        }
        return bytes;
    }

    /// <summary>A TIFF whose further directories are empty but for the link to the next.</summary>
    private static byte[] Pages(int count)
    {
        var first = new TiffWriter().Write(TestImages.Gradient(4, 4));
        var link = 10 + BitConverter.ToUInt16(first, 8) * 12;
        var bytes = new List<byte>(first);
        for (var i = 1; i < count; i++)
        {
            var at = BitConverter.GetBytes(bytes.Count);
            for (var b = 0; b < 4; b++) bytes[link + b] = at[b];
            link = bytes.Count + 2;
            bytes.AddRange(new byte[6]);
        }
        return [.. bytes];
    }
}
