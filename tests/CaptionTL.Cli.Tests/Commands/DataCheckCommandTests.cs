using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

[Collection(nameof(EngineCollection))]
public sealed class DataCheckCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;

    public DataCheckCommandTests()
    {
        File.Copy(Path.Combine(Repository.Samples, "chelsea.png"), Path.Combine(_folder, "cat.png"));
        File.Copy(Path.Combine(Repository.Samples, "chelsea.png"), Path.Combine(_folder, "again.png"));
        File.Copy(Path.Combine(Repository.Samples, "rocket.jpg"), Path.Combine(_folder, "rocket.jpg"));
        File.WriteAllText(Path.Combine(_folder, "broken.jpg"), "no image");
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
        lines.ShouldContain(line => line.StartsWith("images              4 ("));
        lines.ShouldContain("words per caption   1 to 6, mean 3.3");
        lines.ShouldContain("same: cat.png, again.png");
        lines.ShouldContain(line => line.StartsWith("unreadable: broken.jpg: "));
        lines.ShouldContain(line => line.StartsWith("not used: ") && line.Contains("gone.jpg"));
        run.Error.ShouldContain("checking: 4/4 images (100 %)");
    }

    [Fact]
    public async Task Check_Json_IsOneObject()
    {
        var run = await CommandLine.RunAsync("data", "check", _folder, "--decode", "--json");
        var report = run.JsonLines().ShouldHaveSingleItem();
        report.GetProperty("images").GetInt32().ShouldBe(4);
        report.GetProperty("decoded").GetBoolean().ShouldBeTrue();
        report.GetProperty("unreadable").GetArrayLength().ShouldBe(1);
        report.GetProperty("captions_per_image").GetProperty("max").GetDouble().ShouldBe(1);
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

    [Fact]
    public async Task Check_NearDuplicates_FindsLeaksBetweenSplits()
    {
        Repository.UseWeights();
        var root = ClassFolders();
        File.AppendAllText(Path.Combine(root, "val", "dog", "4.png"), "other bytes, the same image");
        string[] search = ["data", "check", root, "--near-duplicates", "--cache", Path.Combine(_folder, "cache")];
        var run = await CommandLine.RunAsync(search);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("nearly the same across splits across classes (1.000): train/cat/1.png, val/dog/4.png");
        run.Output.ShouldContain("1 group, 1 of them across splits, 1 across classes");
        run.Output.ShouldNotContain("same across splits across classes: "); // not the same bytes

        var near = (await CommandLine.RunAsync([.. search, "--json"])).JsonLines().ShouldHaveSingleItem().GetProperty("near_duplicates");
        near.GetProperty("across_splits").GetInt32().ShouldBe(1);
        near.GetProperty("groups")[0].GetProperty("ids").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("--similarity", "0.9", "add it")]
    [InlineData("--near-duplicates", "--similarity=1.5", "at most 1")]
    [InlineData("--near-duplicates", "--backbone=resnet51", "resnet50")]
    public async Task Check_NearDuplicatesWrongly_SaysWhat(string first, string second, string what)
    {
        var run = await CommandLine.RunAsync("data", "check", _folder, first, second);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain(what);
    }

    private string ClassFolders()
    {
        var root = Path.Combine(_folder, "pets");
        foreach (var (path, sample) in ((string, string)[])[("train/cat/1.png", "chelsea.png"), ("train/cat/2.png", "coffee.png"),
            ("train/dog/3.jpg", "rocket.jpg"), ("val/dog/4.png", "chelsea.png")])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
            File.Copy(Path.Combine(Repository.Samples, sample), Path.Combine(root, path));
        }
        Directory.CreateDirectory(Path.Combine(root, "train", "horse"));
        return root;
    }

    [Fact]
    public async Task Check_ClassFolders_SaysWhichClassesThereAre()
    {
        var run = await CommandLine.RunAsync("data", "check", ClassFolders());
        run.ExitCode.ShouldBe(ExitCode.Done);
        var lines = run.Output.Split('\n');
        lines[0].ShouldEndWith("pets: class folders in split folders");
        lines.ShouldContain("classes             2");
        lines.ShouldContain("imbalance           none: 2 images of each class");
        lines.ShouldContain("majority baseline   always answering cat is right for 50.0 % of the images");
        lines.ShouldContain("class  images  train  dev");
        lines.ShouldContain("dog    2       1      1");
        lines.ShouldContain("same across splits across classes: train/cat/1.png, val/dog/4.png");
        lines.ShouldContain("not used: train/horse: the class folder has no images");
        lines.ShouldContain("used, but: cat: the class has no images in the dev split: its score is not known");
        lines.ShouldNotContain(line => line.StartsWith("captions"));
    }

    [Fact]
    public async Task Check_ClassFoldersJson_HasTheClasses()
    {
        var run = await CommandLine.RunAsync("data", "check", ClassFolders(), "--json");
        var report = run.JsonLines().ShouldHaveSingleItem();
        report.GetProperty("classes")[0].GetProperty("name").GetString().ShouldBe("cat");
        report.GetProperty("classes")[0].GetProperty("splits").GetProperty("train").GetInt32().ShouldBe(2);
        report.GetProperty("imbalance").GetDouble().ShouldBe(1);
        report.GetProperty("duplicates_across_classes").GetInt32().ShouldBe(1);
        report.GetProperty("notes").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Check_AsTheOtherKind_SaysWhatThereIs()
    {
        var run = await CommandLine.RunAsync("data", "check", ClassFolders(), "--as", "captions");
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain("there are labels");
        run = await CommandLine.RunAsync("data", "check", _folder, "--as", "classes");
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain("there are captions");
    }

    [Fact]
    public async Task Check_TheRealAntsAndBees_FindsTwoBalancedClasses()
    {
        var run = await CommandLine.RunAsync("data", "check", Repository.RequireShared("hymenoptera_data"), "--json");
        var report = run.JsonLines().ShouldHaveSingleItem();
        report.GetProperty("classes").EnumerateArray().Select(c => c.GetProperty("name").GetString()).ShouldBe(["ants", "bees"]);
        report.GetProperty("images").GetInt32().ShouldBe(396);
        run = await CommandLine.RunAsync("data", "check", Repository.RequireShared("hymenoptera_data"));
        run.Output.ShouldContain("imbalance           1.1 (bees 204, ants 192)");
        report.GetProperty("unreadable").GetArrayLength().ShouldBe(0);
    }
}
