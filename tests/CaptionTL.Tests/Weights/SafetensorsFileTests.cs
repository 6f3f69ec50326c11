using System.Buffers.Binary;
using System.Globalization;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public class SafetensorsFileTests
{
    private static readonly Dictionary<string, string> Notes = new() { ["format"] = "pt", ["licence"] = "keine – „frei“" };

    public static TheoryData<string, byte[]> BadHeaders => BadTorchFileTests.Rows(BadSafetensors.Headers);

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void FromBytes_BadHeader_ThrowsTheTypedError(string what, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Should.Throw<WeightFileException>(() => SafetensorsFile.FromBytes(bytes, "bad.safetensors"), what);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((64 << 20) + bytes.Length);
        error.Message.ShouldStartWith("bad.safetensors: ");
        error.Reason.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData(100_000_001ul)]
    [InlineData(1ul << 40)]
    [InlineData(1ul << 63)]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 7)]
    [InlineData(1000ul)]
    public void FromBytes_LyingHeaderLength_ThrowsTheTypedError(ulong length)
    {
        var bytes = BadSafetensors.Assemble("{}      ", 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Should.Throw<WeightFileException>(() => SafetensorsFile.FromBytes(bytes, "lying")).Place.ShouldBe("header length");
    }

    [Fact]
    public void Open_FileCutOffAtAnyByte_ThrowsTheTypedError()
    {
        var whole = Small();
        using var folder = new TemporaryFolder();
        var path = folder.File("cut.safetensors");
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Should.Throw<WeightFileException>(() => SafetensorsFile.Open(path).Dispose(),
                length.ToString(CultureInfo.InvariantCulture)).File.ShouldBe(path);
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        Should.Throw<WeightFileException>(() => SafetensorsFile.Open(path).Dispose()).Place.ShouldBe("end");
        File.WriteAllBytes(path, whole);
        using var file = SafetensorsFile.Open(path);
        file.Tensors.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html><body>Sign in to continue</body></html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "git lfs pull")]
    [InlineData("PK\u0003\u0004 a zip archive that ends in .safetensors", "PyTorch checkpoint")]
    public void Open_SomethingElse_SaysWhatItLooksLike(string content, string hint)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        File.WriteAllText(path, content);
        Should.Throw<WeightFileException>(() => SafetensorsFile.Open(path)).Message.ShouldContain(hint);
    }

    [Fact]
    public void Open_MissingFileOrFolder_ThrowsTheTypedError()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<WeightFileException>(() => SafetensorsFile.Open(folder.File("none"))).Place.ShouldBe("file");
        Should.Throw<WeightFileException>(() => SafetensorsFile.Open(folder.Path)).Place.ShouldBe("file");
    }

    [Fact]
    public void FromBytes_MutatedFile_ThrowsTheTypedErrorOrParsesWithinItsBytes()
    {
        var whole = Small();
        var random = new Random(20260214);
        var refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var at = random.Next(bytes.Length);
                switch (random.Next(4))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: bytes[at] = (byte)"{}[],:\"0129-e\\ "[random.Next(15)]; break;
                    case 2: bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 9))..]]; break;
                    default: bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]]; break;
                }
                if (bytes.Length == 0) bytes = [0];
            }
            try
            {
                using var file = SafetensorsFile.FromBytes(bytes, "mutated");
                var sum = file.Names.Sum(name => (long)file.Bytes(name).Length);
                (file.DataStart + sum).ShouldBe(bytes.Length);
            }
            catch (WeightFileException)
            {
                refused++;
            }
        }
        refused.ShouldBeInRange(10_000, 20_000);
    }

    [Fact]
    public void Open_WithinAnotherFile_ReadsThatPartOnly()
    {
        var whole = Small();
        using var folder = new TemporaryFolder();
        var path = folder.File("bundle");
        File.WriteAllBytes(path, [.. new byte[4099], .. whole, .. new byte[17]]);
        using var file = SafetensorsFile.Open(path, 4099, whole.Length);
        using var memory = SafetensorsFile.FromBytes(whole, "memory");
        foreach (var name in memory.Names) file.Bytes(name).ToArray().ShouldBe(memory.Bytes(name).ToArray());
        using var copy = new MemoryStream();
        file.CopyTo("b.weight", copy);
        copy.ToArray().ShouldBe(memory.Bytes("b.weight").ToArray());
        file.DataStart.ShouldBe(memory.DataStart + 4099);
        Should.Throw<WeightFileException>(() => SafetensorsFile.Open(path, 4099, whole.Length + 18));
        Should.Throw<WeightFileException>(() => SafetensorsFile.Open(path, long.MaxValue, 8));
    }

    [Fact]
    public void Bytes_UnknownNameOrClosedFile_Throws()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.safetensors"), Small());
        var file = SafetensorsFile.Open(folder.File("a.safetensors"));
        Should.Throw<WeightFileException>(() => file.Bytes("c").Length);
        file.Dispose();
        file.Dispose();
        Should.Throw<ObjectDisposedException>(() => file.Bytes("a").Length);
    }

    [Fact]
    public void FromBytes_SpacesAfterTheHeaderAndEmptyTensors_AreAllowed()
    {
        var header = """{"z":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,"""
            + """2]},"s":{"dtype":"BOOL","shape":[],"data_offsets":[2,3]}}    """;
        using var file = SafetensorsFile.FromBytes(BadSafetensors.Assemble(header, 3), "fine");
        file.Names.ShouldBe(["a", "s", "z"]);
        file.Bytes("z").Length.ShouldBe(0);
        file.Tensors["s"].Shape.ShouldBeEmpty();
    }

    internal static byte[] Small()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [
            SafetensorsTensor.FromFloats("b.weight", [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }),
            SafetensorsTensor.FromBytes("a", TensorDType.U8, [3], new byte[] { 7, 8, 9 }),
            SafetensorsTensor.FromBytes("é", TensorDType.BF16, [], new byte[] { 0x80, 0x3F })], Notes);
        return stream.ToArray();
    }
}
