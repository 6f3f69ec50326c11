using CaptionTL.Backbones;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Weights;

[Collection(nameof(TorchCollection))]
public sealed class StateDictTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_EveryStoredType_ConvertsToTheModules()
    {
        using var scope = NewDisposeScope();
        foreach (var type in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
        {
            using var from = nn.Linear(3, 2);
            using var to = nn.Linear(3, 2);
            var path = _folder.File($"{type}.safetensors");
            SafetensorsWriter.Write(path, from.state_dict().Select(p => StateDict.Entry(p.Key, p.Value, type)));
            using var file = TensorFile.Open(path);
            StateDict.Load(to, file, path).ShouldBeEmpty();
            foreach (var (name, value) in to.state_dict())
                value.data<float>().ToArray().ShouldBe(from.state_dict()[name].detach().to(type).to(ScalarType.Float32).data<float>()
                    .ToArray());
        }
    }

    [Fact]
    public void Load_MissingUnexpectedAndWrongShape_ListsAllAndCopiesNothing()
    {
        using var scope = NewDisposeScope();
        using var module = nn.Linear(3, 2);
        var before = module.weight!.data<float>().ToArray();
        var bytes = new MemoryStream();
        SafetensorsWriter.Write(bytes,
            [SafetensorsTensor.FromFloats("weight", [2, 4], new float[8]), SafetensorsTensor.FromFloats("scale", [1], new float[1])]);
        using var file = SafetensorsFile.FromBytes(bytes.ToArray(), "test");
        var error = Should.Throw<WeightFileException>(() => StateDict.Load(module, file, "test"));
        error.Reason.ShouldContain("weight has shape [2, 4] instead of [2, 3]");
        error.Reason.ShouldContain("bias is missing");
        error.Reason.ShouldContain("Not expected: scale");
        module.weight!.data<float>().ToArray().ShouldBe(before);
    }

    [Fact]
    public void LoadBackbone_AnotherNetworksFile_ListsTwentyAndHowManyMore()
    {
        using var scope = NewDisposeScope();
        using var made = BackboneRegistry.Find("mobilenet_v2").Build(new BackboneOptions { Classes = 5 });
        var path = _folder.File("w.safetensors");
        SafetensorsWriter.Write(path, made.state_dict().Select(p => StateDict.Entry(p.Key, p.Value)));
        using var file = TensorFile.Open(path);

        var error = Should.Throw<WeightFileException>(() => PretrainedEncoder.LoadBackbone("resnet18", file, path));

        // 102 tensors of resnet18 are no counters; what is missing comes first, then what is too much.
        var (missing, unexpected) = (error.Reason.Split("Not expected: ")[0], error.Reason.Split("Not expected: ")[1]);
        missing.Split("is missing").Length.ShouldBe(21);
        missing.ShouldContain("and 82 more");
        unexpected.Split(", ").Length.ShouldBe(21);
        unexpected.ShouldContain($"and {made.state_dict().Count - 20} more");
    }

    [Fact]
    public void LoadBackbone_PrefixedNamesAndOtherClasses_LoadsAndRefusesAsAsked()
    {
        using var scope = NewDisposeScope();
        var entry = BackboneRegistry.Find("resnet18");
        using var made = entry.Build(new BackboneOptions { Classes = 5 });
        var path = _folder.File("w.safetensors");
        SafetensorsWriter.Write(path, made.state_dict().Select(p => StateDict.Entry("module." + p.Key, p.Value)));
        using var file = TensorFile.Open(path);

        using var same = PretrainedEncoder.LoadBackbone("resnet18", file, path);
        Same(made, same, _ => true);
        using var other = PretrainedEncoder.LoadBackbone("resnet18", file, path, options: new BackboneOptions { Classes = 7 });
        Same(made, other, name => !name.StartsWith("fc.", StringComparison.Ordinal));
        other.state_dict()["fc.weight"].shape.ShouldBe([7L, 512]);
        Should.Throw<WeightFileException>(() => PretrainedEncoder.LoadBackbone("resnet34", file, path)).Reason.ShouldContain("is missing");
    }

    private static void Same(Backbone expected, Backbone actual, Func<string, bool> which)
    {
        var state = actual.state_dict();
        foreach (var (name, value) in expected.state_dict().Where(p => which(p.Key)))
            state[name].eq(value).all().ToBoolean().ShouldBeTrue(name);
    }
}
