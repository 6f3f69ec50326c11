using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

public class ModelsInspectCommandTests
{
    private static readonly string Weights = Goldens.File("weights/tensors.safetensors");

    [Fact]
    public async Task Inspect_Safetensors_ListsTensorsWithTypeAndShape()
    {
        var run = await CommandLine.RunAsync("models", "inspect", Weights);
        (run.ExitCode, run.Error).ShouldBe((ExitCode.Done, ""));
        var lines = run.Output.Split('\n');
        lines[0].ShouldBe("tensor               type  shape   size");
        lines.ShouldContain("layer.weight         f32   3 × 4   48 B");
        lines.ShouldContain("scalar               f64   scalar  8 B");
        lines.ShouldContain("8 tensors, 53 numbers, 224 B");
    }

    [Theory]
    [InlineData("zip_state_dict.pth", "PyTorch (zip)")]
    [InlineData("legacy_state_dict.pth", "PyTorch (legacy)")]
    public async Task Inspect_PyTorch_ListsTheSameTensors(string name, string format)
    {
        var run = await CommandLine.RunAsync("models", "inspect", Goldens.File("weights/" + name), "--json");
        var report = run.JsonLines().ShouldHaveSingleItem();
        report.GetProperty("format").GetString().ShouldBe(format);
        report.GetProperty("parameters").GetInt64().ShouldBe(53);
    }

    [Fact]
    public async Task Inspect_Checkpoint_SaysWhereTheStateDictWas()
    {
        var run = await CommandLine.RunAsync("models", "inspect", Goldens.File("weights/zip_checkpoint_shared_storage.pth"));
        run.Output.Split('\n').ShouldContain("entry: state_dict");
        run.Output.ShouldContain("module.b");
    }

    [Fact]
    public async Task Inspect_Json_IsOneObject()
    {
        var run = await CommandLine.RunAsync("models", "inspect", Weights, "--json");
        var report = run.JsonLines().ShouldHaveSingleItem();
        report.GetProperty("parameters").GetInt64().ShouldBe(53);
        report.GetProperty("metadata").GetProperty("format").GetString().ShouldBe("pt");
        var weight = report.GetProperty("tensors").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "layer.weight");
        weight.GetProperty("dtype").GetString().ShouldBe("f32");
        weight.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()).ShouldBe([3, 4]);
    }

    [Fact]
    public async Task Inspect_SomethingElse_IsBadInput()
    {
        var run = await CommandLine.RunAsync("models", "inspect", Path.Combine(Repository.Samples, "coffee.png"));
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldStartWith("captiontl: ");
        run.Error.ShouldContain("coffee.png");
    }
}
