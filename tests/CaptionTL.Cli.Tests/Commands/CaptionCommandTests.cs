using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

/// <summary>With the model that comes along.</summary>
[Collection(nameof(EngineCollection))]
public sealed class CaptionCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Caption_OnePhoto_IsASentenceAlone()
    {
        var run = await CommandLine.RunAsync("caption", Sample("coffee.png"));
        (run.ExitCode, run.Error).ShouldBe((ExitCode.Done, ""));
        run.Output.ShouldMatch("^[A-Z][^\\t\\n]+\\.\\n$");
    }

    [Fact]
    public async Task Caption_Folder_HasALineForEachImageInOrderOfName()
    {
        var run = await CommandLine.RunAsync("caption", Repository.Samples);
        run.Output.TrimEnd().Split('\n').Select(line => Path.GetFileName(line.Split('\t')[0]))
            .ShouldBe(["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"]);
    }

    [Theory]
    [InlineData("*.png", 3)]
    [InlineData("ro??et.*", 1)]
    [InlineData("**/*.jpg", 1)]
    public async Task Caption_Pattern_TakesWhatFits(string pattern, int images)
    {
        var run = await CommandLine.RunAsync("caption", Path.Combine(Repository.Samples, pattern), "--format", "jsonl");
        run.JsonLines().Count.ShouldBe(images);
    }

    [Fact]
    public async Task Caption_Json_HasWordsProbabilitiesAndAttention()
    {
        var run = await CommandLine.RunAsync("caption", Sample("rocket.jpg"), "--json", "--n-best", "3", "--attention");
        var captions = run.JsonLines().ShouldHaveSingleItem().GetProperty("captions");
        captions.GetArrayLength().ShouldBe(3);
        var best = captions[0];
        var words = best.GetProperty("words").GetArrayLength();
        best.GetProperty("word_probabilities").GetArrayLength().ShouldBe(words);
        best.GetProperty("attention").GetArrayLength().ShouldBe(words);
        best.GetProperty("attention")[0].EnumerateArray().Sum(w => w.GetDouble()).ShouldBe(1, 1e-4);
        best.GetProperty("confidence").GetDouble().ShouldBeInRange(0, 1);
    }

    [Fact]
    public async Task Caption_Csv_HasAHeadAndQuotesWhatMustBe()
    {
        var odd = Path.Combine(_folder, "a \"cup\", hot.png");
        File.Copy(Sample("coffee.png"), odd);
        var run = await CommandLine.RunAsync("caption", odd, "--format", "csv");
        var lines = run.Output.TrimEnd().Split('\n');
        lines[0].ShouldBe("file,rank,caption,confidence");
        lines[1].ShouldStartWith($"\"{odd.Replace("\"", "\"\"")}\",1,");
    }

    [Fact]
    public async Task Caption_BrokenImageAmongGoodOnes_CaptionsTheRestAndSaysWhy()
    {
        var broken = Path.Combine(_folder, "broken.jpg");
        File.WriteAllText(broken, "<html>not found</html>");
        var run = await CommandLine.RunAsync("caption", broken, Sample("coffee.png"));
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain(broken);
        run.Output.ShouldContain("coffee.png\t");
    }

    [Theory]
    [InlineData("nowhere.jpg")]
    [InlineData("no-such-*.png")]
    public async Task Caption_NothingThere_IsBadInput(string word)
    {
        var run = await CommandLine.RunAsync("caption", Path.Combine(_folder, word));
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain(word);
    }

    [Theory]
    [InlineData("--beam", "0", "beam")]
    [InlineData("--temperature", "-1", "temperature")]
    [InlineData("--max-length", "0", "maximum length")]
    [InlineData("--model", "no-such-model", "no-such-model")]
    [InlineData("--device", "gpu", "must be auto, cpu, cuda")]
    [InlineData("--device", "cuda:99", "'cuda:99' is not there")]
    public async Task Caption_OptionOutOfRange_IsNamed(string option, string value, string what)
    {
        var run = await CommandLine.RunAsync("caption", Sample("coffee.png"), option, value);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain(what);
    }

    private static string Sample(string name) => Path.Combine(Repository.Samples, name);
}
