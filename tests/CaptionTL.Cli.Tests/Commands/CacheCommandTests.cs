using CaptionTL.Embeddings;

namespace CaptionTL.Cli.Tests.Commands;

public sealed class CacheCommandTests : IDisposable
{
    private const string Encoder = "toy;1x1;test";

    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task List_EmptyCache_SaysSo()
    {
        var run = await CommandLine.RunAsync("cache", "list", "--cache", _folder);
        (run.ExitCode, run.Output, run.Error).ShouldBe((ExitCode.Done, $"no embeddings in {_folder}\n", ""));
        (await CommandLine.RunAsync("cache", "list", "--cache", _folder, "--json")).Output.ShouldBe("");
    }

    [Fact]
    public async Task List_FilledCache_ShowsTheEncoder()
    {
        Fill();
        var entry = (await CommandLine.RunAsync("cache", "list", "--cache", _folder, "--json")).JsonLines().ShouldHaveSingleItem();
        (entry.GetProperty("fingerprint").GetString(), entry.GetProperty("embeddings").GetInt32()).ShouldBe((Encoder, 3));
        var lines = (await CommandLine.RunAsync("cache", "list", "--cache", _folder)).Output.Split('\n');
        lines[0].ShouldStartWith("images  embeddings  grid");
        lines[1].ShouldStartWith("3       3           2 × 4");
        lines[1].ShouldEndWith(Encoder);
    }

    [Fact]
    public async Task Verify_FlippedBit_IsFoundAndRepaired()
    {
        Fill();
        (await CommandLine.RunAsync("cache", "verify", "--cache", _folder)).ExitCode.ShouldBe(ExitCode.Done);
        var shard = Directory.EnumerateFiles(_folder, "*.safetensors", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(shard, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(shard, bytes, TestContext.Current.CancellationToken);

        var found = await CommandLine.RunAsync("cache", "verify", "--cache", _folder);
        found.ExitCode.ShouldBe(ExitCode.Failed);
        found.Output.ShouldContain(shard);
        found.Error.ShouldContain("--repair");

        var repaired = await CommandLine.RunAsync("cache", "verify", "--cache", _folder, "--repair", "--json");
        repaired.ExitCode.ShouldBe(ExitCode.Done);
        repaired.JsonLines().ShouldHaveSingleItem().GetProperty("dropped").GetBoolean().ShouldBeTrue();
        (await CommandLine.RunAsync("cache", "verify", "--cache", _folder)).Output.ShouldContain("as they were written");
    }

    [Fact]
    public async Task Prune_All_RemovesEverything()
    {
        Fill();
        var run = await CommandLine.RunAsync("cache", "prune", "--all", "--cache", _folder, "--json");
        run.JsonLines().ShouldHaveSingleItem().GetProperty("embeddings").GetInt32().ShouldBe(3);
        (await CommandLine.RunAsync("cache", "list", "--cache", _folder)).Output.ShouldStartWith("no embeddings");
    }

    [Theory]
    [InlineData("Say what to remove")]
    [InlineData("'soon' is no size", "--max-size", "soon")]
    [InlineData("number of days", "--unused-days", "-1")]
    [InlineData("--all removes everything", "--encoder", "")]
    public async Task Prune_WrongUse_RemovesNothing(string what, params string[] arguments)
    {
        Fill();
        var run = await CommandLine.RunAsync(["cache", "prune", "--cache", _folder, .. arguments]);
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain(what);
        (await CommandLine.RunAsync("cache", "list", "--cache", _folder, "--json")).JsonLines().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task List_FolderThatIsNotThere_IsBadInputAndMakesNone()
    {
        var folder = Path.Combine(_folder, "typo");
        var run = await CommandLine.RunAsync("cache", "list", "--cache", folder);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        Directory.Exists(folder).ShouldBeFalse();
    }

    /// <summary>Three embeddings of 2 cells × 4 channels.</summary>
    private void Fill()
    {
        using var cache = EmbeddingCache.Open(_folder);
        using var writer = cache.CreateWriter(Encoder, cells: 2, channels: 4);
        for (var image = 0; image < 3; image++)
            writer.Add(ContentHash.OfText($"image {image}"), view: 0, [.. Enumerable.Range(0, 8).Select(i => (Half)(image + i))]);
        writer.Flush();
    }
}
