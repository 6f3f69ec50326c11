using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

[Collection(nameof(EngineCollection))]
public sealed class LrFindCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;
    private readonly string[] _command;

    public LrFindCommandTests()
    {
        var data = Path.Combine(_folder, "pets");
        foreach (var (path, sample) in ((string, string)[])[("train/cat/1.png", "chelsea.png"), ("train/cup/2.png", "coffee.png"),
            ("val/cat/3.png", "astronaut.png"), ("val/cup/4.jpg", "rocket.jpg")])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(data, path))!);
            File.Copy(Path.Combine(Repository.Samples, sample), Path.Combine(data, path));
        }
        _command = ["lr-find", "--data", data, "--cache", Path.Combine(_folder, "cache")];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task LrFind_ClassFolders_SuggestsARateAndLeavesNothing()
    {
        Repository.UseWeights();
        string[] before = Leftovers();
        var run = await CommandLine.RunAsync([.. _command, "--plan", "warmup+finetune", "--views", "1"]);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("phase 'warm-up': the loss falls fastest at ");
        run.Output.ShouldContain("--set phases[0].learningRate=");
        run.Output.Split('\n')[0].ShouldBe("rate    loss   smoothed");
        Leftovers().ShouldBe(before);
        Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order().ShouldBe(["cache", "pets"]);

        var found = (await CommandLine.RunAsync([.. _command, "--plan", "warmup+finetune", "--views", "1", "--json"])).JsonLines()
            .ShouldHaveSingleItem();
        found.GetProperty("points").GetArrayLength().ShouldBeInRange(2, 150);
        found.GetProperty("steepest").GetDouble().ShouldBeInRange(1e-6, 1);
    }

    [Fact]
    public async Task LrFind_HeadFittedInOneGo_SaysWhichPlansHaveARate()
    {
        var run = await CommandLine.RunAsync(_command);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("features+dense");
    }

    private static string[] Leftovers() => [.. Directory.GetDirectories(Path.GetTempPath(), "captiontl-lr-*").Order()];
}
