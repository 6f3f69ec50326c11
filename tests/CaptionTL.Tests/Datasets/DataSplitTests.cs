using CaptionTL.Datasets;

namespace CaptionTL.Tests.Datasets;

public class DataSplitTests
{
    private static CaptionDataset Make(int count, Func<int, Split?>? split = null) => new("made", "/made", "none",
        [.. Enumerable.Range(0, count)
            .Select(i => new CaptionItem($"{i:D4}.jpg", new ImageSource($"/made/{i:D4}.jpg"), ["a"], split?.Invoke(i)))], []);

    [Fact]
    public void Create_WithoutOfficialSplits_DrawsByIdAndSeedOnly()
    {
        var dataset = Make(200);
        var split = DataSplit.Create(dataset, seed: 3);
        (split.Count(Split.Train), split.Count(Split.Dev), split.Count(Split.Test)).ShouldBe((160, 20, 20));
        var reversed = DataSplit.Create(dataset with { Items = [.. dataset.Items.Reverse()] }, seed: 3);
        dataset.Items.ShouldAllBe(i => split[i.Id] == reversed[i.Id]);
        var other = DataSplit.Create(dataset, seed: 4);
        dataset.Items.Count(i => split[i.Id] != other[i.Id]).ShouldBeGreaterThan(10);
        // SHA-256 of "3\n0000.jpg" and so on decides: the same on every machine, now and later.
        dataset.Items.Where(i => split[i.Id] == Split.Test).Select(i => i.Id).Take(3).ShouldBe(Expected());
    }

    [Fact]
    public void Create_OfficialSplits_AreKept()
    {
        var dataset = Make(10, i => i < 7 ? Split.Train : i < 9 ? Split.Dev : null);
        var split = DataSplit.Create(dataset);
        split.Origin.ShouldBe("official");
        (split.Count(Split.Train), split.Count(Split.Dev), split["0009.jpg"]).ShouldBe((7, 2, null));
        split.Items(dataset, Split.Dev).Select(i => i.Id).ShouldBe(["0007.jpg", "0008.jpg"]);
    }

    [Fact]
    public void Create_OfficialTrainWithoutDev_DrawsDevFromTrain()
    {
        var split = DataSplit.Create(Make(50, i => i < 40 ? Split.Train : Split.Test));
        (split.Count(Split.Train), split.Count(Split.Dev), split.Count(Split.Test)).ShouldBe((36, 4, 10));
        Enumerable.Range(40, 10).ShouldAllBe(i => split[$"00{i}.jpg"] == Split.Test);
    }

    [Fact]
    public void Create_OnlyOfficialTest_StaysTest() => DataSplit.Create(Make(5, _ => Split.Test)).Count(Split.Test).ShouldBe(5);

    [Fact]
    public void Create_TooFewImagesOrBadShares_SaysSo()
    {
        Should.Throw<CaptionTLException>(() => DataSplit.Create(Make(2))).Message.ShouldContain("too few");
        Should.Throw<CaptionTLException>(() => DataSplit.Create(Make(9), dev: 0.7, test: 0.4)).Message.ShouldContain("0.7");
        Should.Throw<CaptionTLException>(() => DataSplit.Create(Make(9), dev: double.NaN));
    }

    [Fact]
    public void SaveAndLoad_GivesTheSameSplit()
    {
        using var folder = new DatasetFolder();
        var path = Path.Combine(folder.Root, "split.json");
        var dataset = Make(30);
        var split = DataSplit.Create(dataset, seed: 9);
        split.Save(path);
        split.Save(path);
        var loaded = DataSplit.Load(path);
        loaded.Origin.ShouldBe(split.Origin);
        dataset.Items.ShouldAllBe(i => loaded[i.Id] == split[i.Id]);
        Directory.GetFiles(folder.Root).ShouldBe([path]);
        loaded.CheckAgainst(dataset);
        Should.Throw<CaptionTLException>(() => loaded.CheckAgainst(Make(29))).Message.ShouldContain("0029.jpg");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"version":2,"origin":"x","train":[],"dev":[],"test":[]}""")]
    [InlineData("""{"version":1,"origin":"x","train":["a"],"dev":["a"],"test":[]}""")]
    public void Load_BadFile_SaysWhichFile(string content)
    {
        using var folder = new DatasetFolder().Text("split.json", content);
        Should.Throw<CaptionTLException>(() => DataSplit.Load(Path.Combine(folder.Root, "split.json"))).Message.ShouldContain(
            "split.json");
    }

    /// <summary>Counted independently: ids by the SHA-256 of "3\nID", the first 20.</summary>
    private static string[] Expected() => ["0000.jpg", "0008.jpg", "0012.jpg"];
}
