using System.Globalization;
using CaptionTL.IO;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("zip_state_dict.pth", "PyTorch (zip)")]
    [InlineData("legacy_state_dict.pth", "PyTorch (legacy)")]
    [InlineData("tensors.safetensors", "safetensors")]
    public void Open_GoldenStateDict_GivesTheExpectedValues(string name, string format)
    {
        using var expected = Goldens.Json("weights/expected.json");
        using var file = TensorFile.Open(Goldens.File("weights/" + name));
        file.Format.ShouldBe(format);
        var tensors = expected.RootElement.EnumerateObject().First(p => p.Name.Contains(name, StringComparison.Ordinal)).Value;
        foreach (var tensor in tensors.EnumerateObject())
        {
            file.Tensors[tensor.Name].Shape.ShouldBe(tensor.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()),
                tensor.Name);
            TypeName(file.Tensors[tensor.Name].DType).ShouldBe(tensor.Value.GetProperty("dtype").GetString());
            Values(file, tensor.Name).ShouldBe(tensor.Value.GetProperty("values").EnumerateArray().Select(n => n.GetSingle()),
                tensor.Name);
        }
        file.Tensors.Count.ShouldBe(tensors.EnumerateObject().Count());
    }

    [Fact]
    public void Open_GoldenCheckpoint_FindsTheStateDictAndSharedStorage()
    {
        using var expected = Goldens.Json("weights/expected.json");
        using var file = TensorFile.Open(Goldens.File("weights/zip_checkpoint_shared_storage.pth"));
        foreach (var tensor in expected.RootElement.GetProperty("zip_checkpoint_shared_storage.pth").EnumerateObject())
            Values(file, tensor.Name).ShouldBe(tensor.Value.EnumerateArray().Select(n => n.GetSingle()));
        file.Tensors.Keys.ShouldBe(["module.a", "module.b"], ignoreOrder: true);
        file.Metadata["entry"].ShouldBe("state_dict");
        file.Metadata["epoch"].ShouldBe("3");
        file.Metadata["arch"].ShouldBe("tiny");
    }

    [Fact]
    public void Open_GoldenParameters_AreTensors()
    {
        using var file = TensorFile.Open(Goldens.File("weights/zip_parameters.pth"));
        using var plain = TensorFile.Open(Goldens.File("weights/zip_state_dict.pth"));
        file.Tensors.Keys.ShouldBe(["layer.weight", "layer.bias"], ignoreOrder: true);
        foreach (var name in file.Tensors.Keys) Values(file, name).ShouldBe(Values(plain, name));
    }

    [Theory]
    [InlineData("Double", 8, TensorDType.F64)]
    [InlineData("Int", 4, TensorDType.I32)]
    [InlineData("Short", 2, TensorDType.I16)]
    [InlineData("Char", 1, TensorDType.I8)]
    [InlineData("Byte", 1, TensorDType.U8)]
    [InlineData("Bool", 1, TensorDType.Bool)]
    public void Read_StridedViewOfEveryWidth_ComesOutRowMajor(string type, int width, TensorDType dtype)
    {
        var storage = Enumerable.Range(0, 24 * width).Select(i => (byte)i).ToArray();
        var pickle = new PickleBuilder().Op("}").Text("w").Tensor(24, 1, [2, 3, 2], [1, 8, 2], type).Op("s").End();
        using var file = Open(new TorchArchive().Checkpoint(pickle, storage));
        file.Tensors["w"].DType.ShouldBe(dtype);
        var expected = new List<byte>();
        for (var i = 0; i < 2; i++)
            for (var j = 0; j < 3; j++)
                for (var k = 0; k < 2; k++) expected.AddRange(storage.Skip((1 + i + (8 * j) + (2 * k)) * width).Take(width));
        Bytes(file, "w").ShouldBe(expected);
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    [InlineData("model_state_dict")]
    [InlineData("model_ema")]
    [InlineData("some_name_of_its_own")]
    public void Open_NestedCheckpoint_FindsTheStateDict(string entry)
    {
        var pickle = new PickleBuilder().Op("}").Text("epoch").Number(7).Op("s").Text(entry).Op("}").Text("w").Tensor(1, 0, [1], [1])
            .Op("ss").End();
        using var file = Open(new TorchArchive().Checkpoint(pickle, [0, 0, 0x80, 0x3F]));
        Values(file, "w").ShouldBe([1f]);
        file.Metadata["entry"].ShouldBe(entry);
    }

    [Fact]
    public void Open_AverageBesideTheModel_TakesTheAverage()
    {
        var pickle = new PickleBuilder().Op("}")
            .Text("state_dict").Op("}").Text("w").Tensor(1, 0, [1], [1], key: "0").Op("ss")
            .Text("state_dict_ema").Op("}").Text("w").Tensor(1, 0, [1], [1], key: "1").Op("ss").End();
        using var file = Open(new TorchArchive().Checkpoint(pickle, [0, 0, 0x80, 0x3F], [0, 0, 0, 0x40]));
        Values(file, "w").ShouldBe([2f]);
    }

    [Fact]
    public void Open_PythonTwoOrderedDictAndVersionState_AreRead()
    {
        var pickle = new PickleBuilder().Global("collections", "OrderedDict").Op("(](U\u0001w").Tensor(2, 1, [1], [1]).Op("lat").Op("R")
            .Op("}").Text("_metadata").Op("}sb").End();
        using var file = Open(new TorchArchive().Checkpoint(pickle, [0, 0, 0, 0, 0, 0, 0x80, 0x3F]));
        Values(file, "w").ShouldBe([1f]);
    }

    [Fact]
    public void Open_UntypedStorage_TakesTheTensorsType()
    {
        var pickle = new PickleBuilder().Op("}").Text("w").Global("torch._utils", "_rebuild_tensor_v3").Op("((").Text("storage")
            .Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Number(6).Op("tQ")
            .Number(1).Numbers(2).Numbers(1).Raw(0x89).Op("}").Global("torch", "uint16").Op("tRs").End();
        using var file = Open(new TorchArchive().Checkpoint(pickle, [9, 9, 1, 0, 2, 0]));
        file.Tensors["w"].DType.ShouldBe(TensorDType.U16);
        Values(file, "w").ShouldBe([1f, 2f]);
    }

    private ITensorFile Open(byte[] bytes)
    {
        var path = _folder.File(Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        File.WriteAllBytes(path, bytes);
        return TensorFile.Open(path);
    }

    internal static byte[] Bytes(ITensorFile file, string name)
    {
        var bytes = new byte[file.Tensors[name].Length];
        file.Read(name, bytes);
        return bytes;
    }

    internal static float[] Values(ITensorFile file, string name)
    {
        var dtype = file.Tensors[name].DType;
        if (dtype is not (TensorDType.U16 or TensorDType.U32 or TensorDType.U64))
        {
            using var stored = StateDict.Read(file, name);
            return OnnxWeights.Of(stored);
        }
        var bytes = Bytes(file, name); // of these types libtorch has no tensors here
        return [.. bytes.Chunk(dtype.Size()).Select(b => dtype == TensorDType.U16 ? BitConverter.ToUInt16(b)
            : dtype == TensorDType.U32 ? BitConverter.ToUInt32(b) : (float)BitConverter.ToUInt64(b))];
    }

    private static string TypeName(TensorDType dtype) => dtype switch
    {
        TensorDType.F32 => "float32",
        TensorDType.F64 => "float64",
        TensorDType.F16 => "float16",
        TensorDType.BF16 => "bfloat16",
        TensorDType.I64 => "int64",
        _ => dtype.ToString(),
    };
}
