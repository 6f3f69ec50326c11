using CaptionTL.Models;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

/// <summary>The model that comes along as ONNX files.</summary>
[Collection(nameof(EngineCollection))]
public sealed class ModelsExportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;

    private string Out => Path.Combine(_folder, "onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Export_ModelThatComesAlong_WritesEncoderAndDecoder()
    {
        var model = InstalledModels.Find("flickr8k-lite0");
        using (var bundle = ModelBundle.Open(model))
            if (!bundle.Manifest.Backbone.Included)
                Repository.UseWeights();
        var run = await CommandLine.RunAsync("models", "export", model, "--out", Out, "--json");
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        var files = run.JsonLines().ShouldHaveSingleItem().GetProperty("files");
        files.EnumerateArray().Select(f => f.GetProperty("name").GetString())
            .ShouldBe(["encoder.onnx", "decoder-start.onnx", "decoder-step.onnx"]);
        Directory.EnumerateFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["README.md", "decoder-start.onnx", "decoder-step.onnx", "encoder.onnx", "vocab.txt"]);

        var again = await CommandLine.RunAsync("models", "export", model, "--out", Out);
        again.ExitCode.ShouldBe(ExitCode.WrongUse);
        again.Error.ShouldContain("not an empty folder");
    }

    [Fact]
    public async Task Export_NoSuchModel_SaysSo()
    {
        var run = await CommandLine.RunAsync("models", "export", "nobody", "--out", Out);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("nobody");
        Directory.Exists(Out).ShouldBeFalse();
    }
}
