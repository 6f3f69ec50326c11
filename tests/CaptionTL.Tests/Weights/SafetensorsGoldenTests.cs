using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public class SafetensorsGoldenTests
{
    [Fact]
    public void Open_GoldenFile_GivesTheExpectedValues()
    {
        using var expected = Goldens.Json("weights/expected.json");
        using var file = SafetensorsFile.Open(Goldens.File("weights/tensors.safetensors"));
        file.Metadata["format"].ShouldBe("pt");
        var names = new List<string>();
        foreach (var tensor in expected.RootElement.EnumerateObject()
            .First(p => p.Name.Contains("tensors.safetensors", StringComparison.Ordinal)).Value.EnumerateObject())
        {
            var entry = file.Tensors[tensor.Name];
            entry.Shape.ShouldBe(tensor.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()));
            DTypeName(entry.DType).ShouldBe(tensor.Value.GetProperty("dtype").GetString());
            TorchFileTests.Values(file, tensor.Name)
                .ShouldBe(tensor.Value.GetProperty("values").EnumerateArray().Select(n => n.GetSingle()));
            names.Add(tensor.Name);
        }
        file.Names.ShouldBe(names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_TensorsOfTheGoldenFile_GivesAnEqualFileInItsOwnOrder()
    {
        using var file = SafetensorsFile.Open(Goldens.File("weights/tensors.safetensors"));
        using var written = new MemoryStream();
        SafetensorsWriter.Write(written,
            file.Tensors.Values.Select(e => SafetensorsTensor.FromBytes(e.Name, e.DType, e.Shape, file.Bytes(e.Name).ToArray())),
            file.Metadata);
        using var again = SafetensorsFile.FromBytes(written.ToArray(), "written");
        again.Metadata.ShouldBe(file.Metadata);
        foreach (var (name, entry) in file.Tensors)
        {
            again.Tensors[name].DType.ShouldBe(entry.DType);
            again.Tensors[name].Shape.ShouldBe(entry.Shape);
            again.Bytes(name).ToArray().ShouldBe(file.Bytes(name).ToArray());
            ((again.DataStart + again.Tensors[name].Offset) % entry.DType.Size()).ShouldBe(0, name);
        }
    }

    [Fact]
    public void Open_PretrainedWeights_HasEveryTensorInsideTheFile()
    {
        var path = Repository.RequireShared("models/tf_efficientnet_lite0.in1k/model.safetensors");
        using var file = SafetensorsFile.Open(path);
        file.Tensors["conv_stem.weight"].Shape.ShouldBe([32L, 3, 3, 3]);
        file.Tensors["classifier.weight"].Shape.ShouldBe([1000L, 1280]);
        (file.DataStart + file.Tensors.Values.Sum(e => e.Length)).ShouldBe(new FileInfo(path).Length);
    }

    private static string DTypeName(TensorDType dtype) => dtype switch
    {
        TensorDType.F32 => "float32",
        TensorDType.F64 => "float64",
        TensorDType.F16 => "float16",
        TensorDType.BF16 => "bfloat16",
        TensorDType.I64 => "int64",
        _ => dtype.ToString(),
    };
}
