using CaptionTL.Backbones;
using CaptionTL.IO;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

public class ModelsCommandTests
{
    [Fact]
    public async Task List_Json_HasOneLineForEveryWeightFile()
    {
        var run = await CommandLine.RunAsync("models", "list", "--json");
        run.ExitCode.ShouldBe(ExitCode.Done);
        var rows = run.JsonLines();
        rows.Select(row => row.GetProperty("name").GetString())
            .ShouldBe(BackboneRegistry.All.SelectMany(entry => entry.Weights).Select(weights => weights.Name));
        rows.ShouldAllBe(row => row.GetProperty("licence").GetString()!.Length > 0 && row.GetProperty("address")
            .GetString()!.StartsWith("https://"));
    }

    [Fact]
    public async Task List_Text_HasARowForEveryWeightFile()
    {
        var lines = (await CommandLine.RunAsync("models", "list")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldStartWith("name");
        lines.Length.ShouldBe(1 + BackboneRegistry.All.Sum(entry => entry.Weights.Count));
    }

    [Fact]
    public async Task Pull_UnknownName_NamesNearOnes()
    {
        var run = await CommandLine.RunAsync("models", "pull", "resnet5");
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain("resnet50");
    }

    [Fact]
    public async Task Pull_FromAnotherFile_IsRefused()
    {
        var run = await CommandLine.RunAsync("models", "pull", "tf_efficientnet_lite0", "--from",
            Path.Combine(Repository.Samples, "rocket.jpg"));
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain("rocket.jpg");
    }

    [Fact]
    public async Task Pull_FromForSeveralNames_IsWrongUse()
    {
        var run = await CommandLine.RunAsync("models", "pull", "resnet18", "resnet34", "--from", "x");
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("one NAME");
    }

    [Fact]
    public async Task Pull_PublishedFileByItsContentAloneAndVerify_AreDone()
    {
        var file = Repository.RequireShared("models/tf_efficientnet_lite0.in1k/model.safetensors");
        var run = await CommandLine.RunAsync("models", "pull", file, "--json");
        (run.ExitCode, run.Error).ShouldBe((ExitCode.Done, ""));
        run.JsonLines().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("tf_efficientnet_lite0.in1k");
        var check = (await CommandLine.RunAsync("models", "verify", "tf_efficientnet_lite0.in1k", "--json")).JsonLines()
            .ShouldHaveSingleItem();
        check.GetProperty("sha256").GetString().ShouldBe("7b91a2b0b37ebfed237a0f60d6f4a7a8efb0873a99e364b78e977554d09273a6");
        check.GetProperty("problem").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task Pull_FileThatIsNotPublished_SaysHowToNameIt()
    {
        var run = await CommandLine.RunAsync("models", "pull", Goldens.File("weights/zip_state_dict.pth"));
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain("--from");
    }

    [Fact]
    public async Task Pull_UnknownAddress_IsWrongUse()
    {
        var run = await CommandLine.RunAsync("models", "pull", "https://example.org/some.pth");
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain("example.org");
    }

    [Fact]
    public async Task Verify_UnknownName_NamesNearOnes() =>
        (await CommandLine.RunAsync("models", "verify", "resnet5")).Error.ShouldContain("resnet50");
}
