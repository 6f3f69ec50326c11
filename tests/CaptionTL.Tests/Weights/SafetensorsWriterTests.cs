using System.Buffers.Binary;
using System.Text.Json;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public class SafetensorsWriterTests
{
    [Fact]
    public void Write_SameTensorsInAnotherOrder_GivesTheSameBytes()
    {
        var a = SafetensorsTensor.FromFloats("a", [2], new float[] { 1, 2 });
        var b = SafetensorsTensor.FromFloats("b", [1], new float[] { 3 });
        Bytes([a, b], new() { ["x"] = "1", ["y"] = "2" }).ShouldBe(Bytes([b, a], new() { ["y"] = "2", ["x"] = "1" }));
    }

    [Fact]
    public void Write_AnyTensors_HeaderIsAlignedJsonAndDataFollows()
    {
        var bytes = SafetensorsFileTests.Small();
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        (length % 8).ShouldBe(0);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        header.RootElement.GetProperty("__metadata__").GetProperty("format").GetString().ShouldBe("pt");
        var offsets = header.RootElement.GetProperty("b.weight").GetProperty("data_offsets");
        offsets[0].GetInt32().ShouldBe(0); // widest elements first
        BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + length + 8)).ShouldBe(3f);
        bytes.Length.ShouldBe(8 + length + 24 + 2 + 3);
    }

    [Fact]
    public void Write_NothingAtAll_IsAValidFile()
    {
        using var file = SafetensorsFile.FromBytes(Bytes([], []), "empty");
        file.Tensors.ShouldBeEmpty();
        file.Metadata.ShouldBeEmpty();
    }

    [Fact]
    public void Write_BadTensors_ThrowsAndLeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("w.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.FromFloats("a", [1], new float[] { 1 })]);
        var before = File.ReadAllBytes(path);
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(path, [SafetensorsTensor.FromFloats("a", [2], new float[] { 1 })]));
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(path, [SafetensorsTensor.FromFloats("a", [-1], new float[] { 1 })]));
        Should.Throw<ArgumentException>(() =>
            SafetensorsWriter.Write(path, [SafetensorsTensor.FromFloats("__metadata__", [1], new float[] { 1 })]));
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(path, [
            SafetensorsTensor.FromFloats("a", [1], new float[] { 1 }), SafetensorsTensor.FromFloats("a", [1], new float[] { 1 })]));
        File.ReadAllBytes(path).ShouldBe(before);
        Directory.GetFiles(folder.Path).ShouldBe([path]);
    }

    private static byte[] Bytes(SafetensorsTensor[] tensors, Dictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
