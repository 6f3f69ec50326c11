using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public class SafetensorsFileTests
{
    private static readonly Dictionary<string, string> Notes = new() { ["format"] = "pt", ["licence"] = "keine – „frei“" };

    public static TheoryData<string, string, int> BadHeaders => new()
    {
        { "overlap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6 },
        { "same bytes twice", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4 },
        { "hole", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}""", 6 },
        { "hole at the start", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3 },
        { "trailing bytes", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3 },
        { "trailing bytes without tensors", "{}", 1 },
        { "cut off", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 1 },
        { "shape of another size", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4 },
        { "end before begin", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", 2 },
        { "negative offset", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[-2,0]}}""", 2 },
        { "negative size", """{"a":{"dtype":"U8","shape":[-2,-1],"data_offsets":[0,2]}}""", 2 },
        { "fraction", """{"a":{"dtype":"U8","shape":[2.5],"data_offsets":[0,2]}}""", 2 },
        { "number beyond 64 bits", """{"a":{"dtype":"U8","shape":[99999999999999999999999],"data_offsets":[0,2]}}""", 2 },
        { "shape that overflows to zero", """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0 },
        { "shape that overflows before a zero", """{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]}}""", 0 },
        { "offsets that overflow", """{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]},"b":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[9223372036854775807,9223372036854775807]}}""", 0 },
        { "unknown dtype", """{"a":{"dtype":"F7","shape":[2],"data_offsets":[0,2]}}""", 2 },
        { "dtype in lower case", """{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", 4 },
        { "dtype is a number", """{"a":{"dtype":7,"shape":[2],"data_offsets":[0,2]}}""", 2 },
        { "no dtype", """{"a":{"shape":[2],"data_offsets":[0,2]}}""", 2 },
        { "no shape", """{"a":{"dtype":"U8","data_offsets":[0,2]}}""", 2 },
        { "no offsets", """{"a":{"dtype":"U8","shape":[2]}}""", 2 },
        { "three offsets", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1,2]}}""", 2 },
        { "unknown field", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"more":1}}""", 2 },
        { "field twice", """{"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2 },
        { "tensor twice", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", 2 },
        { "tensor twice, once escaped", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", 2 },
        { "metadata twice", """{"__metadata__":{},"__metadata__":{}}""", 0 },
        { "metadata key twice", """{"__metadata__":{"a":"1","a":"2"}}""", 0 },
        { "metadata is a list", """{"__metadata__":[]}""", 0 },
        { "metadata holds a number", """{"__metadata__":{"a":1}}""", 0 },
        { "metadata holds an object", """{"__metadata__":{"a":{}}}""", 0 },
        { "tensor is a number", """{"a":1}""", 0 },
        { "tensor is null", """{"a":null}""", 0 },
        { "list", "[]", 0 },
        { "space before the brace", " {}", 0 },
        { "empty header", "", 0 },
        { "text after the object", "{} x", 0 },
        { "two objects", "{}{}", 0 },
        { "comment", "{/* */}", 0 },
        { "trailing comma", """{"a":{"dtype":"U8","shape":[2,],"data_offsets":[0,2]}}""", 2 },
        { "lone surrogate", """{"\ud800":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2 },
        { "zero bytes after the object", "{}\0\0", 0 },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void FromBytes_BadHeader_ThrowsTheTypedError(string what, string header, int dataLength)
    {
        var error = Should.Throw<WeightFileException>(() => SafetensorsFile.FromBytes(Assemble(Encoding.UTF8.GetBytes(header), dataLength), "bad.safetensors"), what);
        error.Message.ShouldStartWith("bad.safetensors: ");
        error.Reason.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void FromBytes_DeepNesting_ThrowsTheTypedError()
    {
        var deep = "{\"a\":" + new string('[', 1_000_000) + new string(']', 1_000_000) + "}";
        Should.Throw<WeightFileException>(() => SafetensorsFile.FromBytes(Assemble(Encoding.UTF8.GetBytes(deep), 0), "deep"));
        var shape = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "],\"data_offsets\":[0,1]}}";
        Should.Throw<WeightFileException>(() => SafetensorsFile.FromBytes(Assemble(Encoding.UTF8.GetBytes(shape), 1), "wide")).Reason.ShouldContain("more than 64");
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
        var bytes = Assemble("{}      "u8.ToArray(), 0);
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
            Should.Throw<WeightFileException>(() => SafetensorsFile.Open(path).Dispose(), length.ToString(CultureInfo.InvariantCulture)).File.ShouldBe(path);
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
        var header = """{"z":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"s":{"dtype":"BOOL","shape":[],"data_offsets":[2,3]}}    """;
        using var file = SafetensorsFile.FromBytes(Assemble(Encoding.UTF8.GetBytes(header), 3), "fine");
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

    private static byte[] Assemble(byte[] header, int dataLength)
    {
        var bytes = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }
}
