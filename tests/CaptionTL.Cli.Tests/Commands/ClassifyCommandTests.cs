using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

/// <summary>From class folders to answers and scores, with the real encoder on versions of two sample images.</summary>
[Collection(nameof(EngineCollection))]
public sealed class ClassifyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-classes-").FullName;
    private readonly string _data;

    public ClassifyCommandTests()
    {
        _data = Path.Combine(_folder, "data");
        Class("cat", "chelsea.png");
        Class("cup", "coffee.png");
    }

    private string[] Common => ["--data", _data, "--cache", Path.Combine(_folder, "cache")];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("features+logistic")]
    [InlineData("features+svm")]
    [InlineData("features+knn")]
    [InlineData("features+dense")]
    [InlineData("warmup+finetune")]
    public async Task Train_EveryPlanForClasses_AnswersAndIsScored(string plan)
    {
        Repository.UseWeights();
        var run = Path.Combine(_folder, "run");
        string[] small = plan.StartsWith("features+", StringComparison.Ordinal) && plan != "features+dense" ? []
            : ["--views", "1", "--set", "phases[0].epochs=4"];
        if (plan == "warmup+finetune") small = [.. small, "--set", "phases[1].epochs=1"];
        var train = await CommandLine.RunAsync(["train", "--out", run, "--plan", plan, .. Common, .. small, "--json"]);
        train.ExitCode.ShouldBe(ExitCode.Done, train.Error);
        var result = train.JsonLines().ShouldHaveSingleItem();
        result.GetProperty("scores").GetProperty("accuracy").GetDouble().ShouldBe(1);
        var bundle = result.GetProperty("bundle").GetString()!;
        File.ReadAllText(Path.Combine(run, "report.html")).ShouldContain("cup");
        File.ReadAllLines(Path.Combine(run, "labels.txt")).ShouldBe(["cat", "cup"]);

        var answers = await CommandLine.RunAsync("classify", Path.Combine(Repository.Samples, "chelsea.png"),
            Path.Combine(Repository.Samples, "coffee.png"), "--model", bundle, "--top", "2", "--json");
        answers.JsonLines().Select(l => l.GetProperty("answer").GetString()).ShouldBe(["cat", "cup"]);
        answers.JsonLines()[0].GetProperty("classes").EnumerateArray().Sum(c => c.GetProperty("probability").GetDouble())
            .ShouldBe(1, 1e-6);

        var eval = await CommandLine.RunAsync(["eval", .. Common, "--model", bundle, "--split", "all", "--json", "--report",
            Path.Combine(_folder, "all.html")]);
        eval.ExitCode.ShouldBe(ExitCode.Done, eval.Error);
        eval.JsonLines()[0].GetProperty("images").GetInt32().ShouldBe(12);
        File.Exists(Path.Combine(_folder, "all.html")).ShouldBeTrue();
    }

    [Fact]
    public async Task Classify_BelowTheThreshold_IsUnknown()
    {
        var bundle = await Trained();
        var all = await CommandLine.RunAsync("classify", Path.Combine(Repository.Samples, "rocket.jpg"), "--model", bundle,
            "--threshold", "1");
        all.Output.ShouldContain("unknown");
        var csv = await CommandLine.RunAsync("classify", Repository.Samples, "--model", bundle, "--format", "csv");
        csv.Output.ShouldStartWith("file,rank,class,probability,answer");
    }

    [Fact]
    public async Task Caption_AModelForClasses_NamesTheRightCommand()
    {
        var bundle = await Trained();
        var run = await CommandLine.RunAsync("caption", Path.Combine(Repository.Samples, "rocket.jpg"), "--model", bundle);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("captiontl classify");
    }

    [Fact]
    public async Task Eval_AClassTheModelLacks_IsNamed()
    {
        var bundle = await Trained();
        Class("rocket", "rocket.jpg");
        var run = await CommandLine.RunAsync(["eval", .. Common, "--model", bundle, "--split", "all"]);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("rocket");
    }

    [Fact]
    public async Task Train_PlanForCaptionsOnClasses_SaysWhatThereIs()
    {
        var run = await CommandLine.RunAsync(["train", "--out", Path.Combine(_folder, "run"), "--plan", "caption", .. Common]);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("labels");
        Directory.Exists(Path.Combine(_folder, "run")).ShouldBeFalse();
    }

    [Fact]
    public async Task Race_TwoPlansWithACurve_RecommendsTheQuickestOfTheBest()
    {
        Repository.UseWeights();
        string[] race = ["race", "--out", Path.Combine(_folder, "race"), "--plan", "features+logistic", "features+knn", "--learning-curve",
            .. Common, "--json"];
        var run = await CommandLine.RunAsync(race);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        var result = run.JsonLines().ShouldHaveSingleItem();
        result.GetProperty("entries").GetArrayLength().ShouldBe(8);
        result.GetProperty("entries").EnumerateArray().ShouldAllBe(e => e.GetProperty("outcome").GetString() == "finished");
        result.GetProperty("recommended").GetString().ShouldStartWith("features+");
        File.Exists(result.GetProperty("bundle").GetString()).ShouldBeTrue();
    }

    [Fact]
    public async Task Race_NoTime_SaysWhatWasNotBegun()
    {
        var run = await CommandLine.RunAsync(["race", "--out", Path.Combine(_folder, "race"), "--minutes", "0.00001", .. Common]);
        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Output.ShouldContain("not started");
        run.Output.ShouldContain("--minutes");
    }

    [Fact]
    public async Task Plan_Show_CanBePassedBack()
    {
        var shown = await CommandLine.RunAsync("plan", "show", "features+svm", "--set", "head.c=2");
        shown.ExitCode.ShouldBe(ExitCode.Done, shown.Error);
        var file = Path.Combine(_folder, "mine.json");
        File.WriteAllText(file, shown.Output);
        (await CommandLine.RunAsync("plan", "show", file)).Output.ShouldBe(shown.Output);
        (await CommandLine.RunAsync("plan", "list")).Output.ShouldContain("warmup+finetune");
    }

    private async Task<string> Trained()
    {
        Repository.UseWeights();
        var train = await CommandLine.RunAsync(["train", "--out", Path.Combine(_folder, "run"), "--plan", "features+logistic", "--set",
            "head.c=1", .. Common, "--json"]);
        train.ExitCode.ShouldBe(ExitCode.Done, train.Error);
        return train.JsonLines()[0].GetProperty("bundle").GetString()!;
    }

    // Six images that differ in one byte behind the image's end, which decoders do not read.
    private void Class(string name, string sample)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_data, name)).FullName;
        var bytes = File.ReadAllBytes(Path.Combine(Repository.Samples, sample));
        for (var i = 0; i < 6; i++) File.WriteAllBytes(Path.Combine(folder, $"{i}{Path.GetExtension(sample)}"), [.. bytes, (byte)i]);
    }
}
