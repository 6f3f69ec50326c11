using System.IO.Compression;
using CaptionTL.Datasets;
using CaptionTL.Images;

namespace CaptionTL.Tests.Datasets;

public class ImageReaderTests
{
    [Fact]
    public void Read_FileOrEntry_GivesItsBytes()
    {
        using var folder = new DatasetFolder().Bytes("empty.jpg", []).Bytes("small.jpg", [1, 2, 3]).Bytes("large.jpg", new byte[100_000]);
        var zip = folder.Zip();
        using var reader = new ImageReader();
        foreach (var (name, length) in ((string, int)[])[("empty.jpg", 0), ("small.jpg", 3), ("large.jpg", 100_000)])
        {
            reader.Read(new ImageSource(Path.Combine(folder.Root, name))).Length.ShouldBe(length);
            reader.Read(new ImageSource(zip, name)).Length.ShouldBe(length);
        }
    }

    [Fact]
    public void Read_ManyThreadsFromOneArchive_GivesEveryOneItsBytes()
    {
        using var folder = new DatasetFolder();
        for (var i = 0; i < 40; i++) folder.Bytes($"{i}.jpg", [.. Enumerable.Repeat((byte)i, 5000 + i)]);
        var zip = folder.Zip();
        using var reader = new ImageReader();
        Parallel.For(0, 400,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            var bytes = reader.Read(new ImageSource(zip, $"{i % 40}.jpg"));
            bytes.Length.ShouldBe(5000 + i % 40);
            bytes.ShouldAllBe(b => b == i % 40);
        });
    }

    [Fact]
    public void Read_EntryUnpackingToMoreThanTheLimit_IsRefused()
    {
        using var folder = new DatasetFolder();
        var zip = Path.Combine(folder.Root, "bomb.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        using (var stream = archive.CreateEntry("bomb.jpg", CompressionLevel.SmallestSize).Open())
            stream.Write(new byte[3_000_000]);
        using var reader = new ImageReader(new ImageLimits { MaxBytes = 1_000_000 });
        Should.Throw<ImageException>(() => reader.Read(new ImageSource(zip, "bomb.jpg"))).Problem.ShouldBe(ImageProblem.TooLarge);

        // The same archive lying about the size, in the local header's place and the directory's.
        var bytes = File.ReadAllBytes(zip);
        var directory = bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0x50, 0x4B, 0x01, 0x02]);
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), 1000).ShouldBeTrue();
        File.WriteAllBytes(zip, bytes);
        using var other = new ImageReader(new ImageLimits { MaxBytes = 1_000_000 });
        try
        {
            other.Read(new ImageSource(zip, "bomb.jpg")).Length.ShouldBeLessThanOrEqualTo(1_000_000);
        }
        catch (CaptionTLException e)
        {
            e.Message.ShouldContain("bomb.jpg");
        }
    }

    [Fact]
    public void Read_Missing_NamesTheFile()
    {
        using var folder = new DatasetFolder().Bytes("a.jpg", [1]);
        using var reader = new ImageReader();
        Should.Throw<CaptionTLException>(() =>
            reader.Read(new ImageSource(Path.Combine(folder.Root, "gone.jpg")))).Message.ShouldContain("gone.jpg");
        Should.Throw<CaptionTLException>(() => reader.Read(new ImageSource(folder.Zip(), "gone.jpg"))).Message.ShouldContain("gone.jpg");
    }
}
