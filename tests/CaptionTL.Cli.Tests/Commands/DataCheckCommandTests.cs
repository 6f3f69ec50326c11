using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

public sealed class DataCheckCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;

    public DataCheckCommandTests()
    {
        File.Copy(Path.Combine(Repository.Samples, "chelsea.png"), Path.Combine(_folder, "cat.png"));
        File.Copy(Path.Combine(Repository.Samples, "chelsea.png"), Path.Combine(_folder, "again.png"));
        File.Copy(Path.Combine(Repository.Samples, "rocket.jpg"), Path.Combine(_folder, "rocket.jpg"));
        File.WriteAllText(Path.Combine(_folder, "broken.jpg"), "no picture");
        File.WriteAllText(Path.Combine(_folder, "metadata.jsonl"), """
            {"file_name": "cat.png", "text": "A cat looks up."}
            {"file_name": "again.png", "text": "A cat."}
            {"file_name": "rocket.jpg", "text": "A rocket stands on its pad."}
            {"file_name": "broken.jpg", "text": "Nothing."}
            {"file_name": "gone.jpg", "text": "Not there."}
            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_Folder_SaysWhatThereIsAndWhatIsLeftOut()
    {
        var run = await CommandLine.RunAsync("data", "check", _folder);
        run.ExitCode.ShouldBe(ExitCode.Done);
        var lines = run.Output.Split('\n');
        lines[0].ShouldBe($"{_folder}: metadata.jsonl");
        lines.ShouldContain(line => line.StartsWith("pictures            4 ("));
        lines.ShouldContain("words a caption     1 to 6, mean 3.3");
        lines.ShouldContain("same: cat.png, again.png");
        lines.ShouldContain(line => line.StartsWith("unreadable: broken.jpg: "));
        lines.ShouldContain(line => line.StartsWith("left out: ") && line.Contains("gone.jpg"));
        run.Error.ShouldContain("checking: 4/4 pictures (100 %)");
    }

    [Fact]
    public async Task Check_Json_IsOneObject()
    {
        var run = await CommandLine.RunAsync("data", "check", _folder, "--decode", "--json");
        var report = run.JsonLines().ShouldHaveSingleItem();
        report.GetProperty("pictures").GetInt32().ShouldBe(4);
        report.GetProperty("decoded").GetBoolean().ShouldBeTrue();
        report.GetProperty("unreadable").GetArrayLength().ShouldBe(1);
        report.GetProperty("captions_per_picture").GetProperty("max").GetDouble().ShouldBe(1);
    }

    [Theory]
    [InlineData("nowhere", "no such folder")]
    [InlineData("rocket.jpg", "no known layout")]
    public async Task Check_NoDataSet_IsBadInput(string name, string what)
    {
        var run = await CommandLine.RunAsync("data", "check", Path.Combine(_folder, name));
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain(what);
    }
}
