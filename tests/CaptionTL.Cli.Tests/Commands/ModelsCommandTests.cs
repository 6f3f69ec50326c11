using CaptionTL.Backbones;
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
        rows.Select(row => row.GetProperty("name").GetString()).ShouldBe(BackboneRegistry.All.SelectMany(entry => entry.Weights).Select(weights => weights.Name));
        rows.ShouldAllBe(row => row.GetProperty("licence").GetString()!.Length > 0 && row.GetProperty("address").GetString()!.StartsWith("https://"));
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
        var run = await CommandLine.RunAsync("models", "pull", "tf_efficientnet_lite0", "--from", Path.Combine(Repository.Samples, "rocket.jpg"));
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
}
