using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Models;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Tests.Completion;

/// <summary>What shells are answered; the cursor stands at the bar.</summary>
public class SuggestionsTests
{
    [Theory]
    [InlineData("captiontl tra|", "train")]
    [InlineData("./captiontl models ex|", "export")]
    [InlineData("captiontl train --over|", "--overwrite")]
    [InlineData("captiontl --js|", "--json")]
    [InlineData("captiontl train --plan features+lo|", "features+logistic")]
    [InlineData("captiontl train --plan=features+lo|", "features+logistic")]
    [InlineData("captiontl plan show caption+s|", "caption+scst", "caption+scst-long")]
    [InlineData("captiontl race --plan features+svm --plan caption+f|", "caption+finetune")]
    [InlineData("captiontl models summary tf_efficientnet_lite0|", "tf_efficientnet_lite0", "tf_efficientnet_lite0.in1k")]
    [InlineData("captiontl eval --split d| --json", "dev")]
    [InlineData("captiontl data check --as c|", "captions", "classes")]
    [InlineData("captiontl caption --precision b|", "bf16")]
    [InlineData("captiontl completion power|", "powershell")]
    public async Task Suggest_BeginningOfAWord_GivesWhatFits(string line, params string[] words) =>
        (await SuggestAsync(line)).ShouldBe(words);

    [Theory]
    [InlineData("captiontl caption |")]
    [InlineData("captiontl caption hol|")]
    [InlineData("captiontl train --data |")]
    [InlineData("captiontl train --data my|")]
    public async Task Suggest_NameOfAFile_IsLeftToTheShell(string line) => (await SuggestAsync(line)).ShouldBeEmpty();

    [Fact]
    public async Task Suggest_EmptyWord_GivesCommandsOrValuesBeforeOptions()
    {
        (await SuggestAsync("captiontl |")).ShouldBe(CommandLineApp.CreateRoot().Subcommands.Select(c => c.Name), ignoreOrder: true);
        (await SuggestAsync("captiontl train --plan |")).ShouldBe(PlanPresets.All.Select(p => p.Name), ignoreOrder: true);
        (await SuggestAsync("captiontl embed --backbone |")).ShouldBe(BackboneRegistry.All.SelectMany(e => e.Weights).Select(w => w.Name),
            ignoreOrder: true);
        (await SuggestAsync("captiontl caption --model |")).ShouldBe(InstalledModels.All.Select(p => Path.GetFileNameWithoutExtension(p)),
            ignoreOrder: true);
        var options = await SuggestAsync("captiontl train |");
        options.ShouldContain("--data");
        options.ShouldAllBe(o => o.StartsWith("--", StringComparison.Ordinal));
    }

    // PowerShell hands on the line without the spaces before the cursor.
    [Fact]
    public async Task Suggest_CursorBehindTheLine_CompletesAnEmptyWord() =>
        (await CommandLine.RunAsync("[suggest:22]", "captiontl plan show")).Output.ShouldContain("features+svm\n");

    [Theory]
    [InlineData("captiontl train --plan \"fea|")]
    [InlineData("captiontl train --nosuch=x --plan=|")]
    [InlineData("captiontl nosuch --x= |")]
    [InlineData("=|")]
    [InlineData("--=|")]
    [InlineData("|")]
    public async Task Suggest_OddLine_IsAnswered(string line) => await SuggestAsync(line);

    [Fact]
    public async Task Suggest_PositionOutOfReason_GivesNothing() =>
        (await CommandLine.RunAsync("[suggest:999999999999]", "captiontl ")).ShouldBe(new CommandLine(ExitCode.Done, "", ""));

    private static async Task<string[]> SuggestAsync(string line)
    {
        var position = line.IndexOf('|', StringComparison.Ordinal);
        var run = await CommandLine.RunAsync(string.Create(CultureInfo.InvariantCulture, $"[suggest:{position}]"),
            line.Remove(position, 1));
        (run.ExitCode, run.Error).ShouldBe((ExitCode.Done, ""));
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
