using CaptionTL.Datasets;

namespace CaptionTL.Tests.Datasets;

public class StratifiedSplitTests
{
    /// <param name="split">Of an image by its number in its class, or null.</param>
    /// <param name="counts">Images of each class.</param>
    private static LabelledDataset Make(Func<int, Split?>? split, params int[] counts) =>
        new("made", "/made", "none", [.. counts.Select((_, c) => $"class {c}")],
        [.. counts.SelectMany((count, c) => Enumerable.Range(0, count)
            .Select(i => new LabelledItem($"{c}/{i:D3}.jpg", new ImageSource($"/made/{c}/{i}"), c, split?.Invoke(i))))], [], []);

    private static int Count(LabelledDataset dataset, DataSplit split, int of, Split wanted) =>
        dataset.Items.Count(i => i.Class == of && split[i.Id] == wanted);

    [Fact]
    public void Create_ClassesOfAllSizes_AreEachSplitByThemselves()
    {
        var dataset = Make(null, 100, 50, 20, 3, 2, 1);
        var split = DataSplit.Create(dataset, dev: 0.2, test: 0.1, seed: 5);
        split.Origin.ShouldBe("stratified, seed 5, dev 0.2, test 0.1");
        Enumerable.Range(0, 6)
            .Select(c => (Count(dataset, split, c, Split.Train), Count(dataset, split, c, Split.Dev),
            Count(dataset, split, c, Split.Test)))
            .ShouldBe([(70, 20, 10), (35, 10, 5), (14, 4, 2), (1, 1, 1), (1, 1, 0), (1, 0, 0)]);
        split.Items(dataset, Split.Dev).Count.ShouldBe(36);
    }

    [Fact]
    public void Create_Again_DependsOnIdsAndSeedOnly()
    {
        var dataset = Make(null, 60, 30);
        var split = DataSplit.Create(dataset, seed: 1);
        var reversed = DataSplit.Create(dataset with { Items = [.. dataset.Items.Reverse()] }, seed: 1);
        dataset.Items.ShouldAllBe(i => split[i.Id] == reversed[i.Id]);
        var other = DataSplit.Create(dataset, seed: 2);
        dataset.Items.Count(i => split[i.Id] != other[i.Id]).ShouldBeGreaterThan(5);
        // One class more does not change how the others are split.
        var more = Make(null, 60, 30, 40);
        var larger = DataSplit.Create(more, seed: 1);
        dataset.Items.ShouldAllBe(i => split[i.Id] == larger[i.Id]);
    }

    [Fact]
    public void Create_NoTestShare_KeepsOneOfTwoForTraining()
    {
        var dataset = Make(null, 2, 2);
        var split = DataSplit.Create(dataset, dev: 0.5, test: 0);
        (split.Count(Split.Train), split.Count(Split.Dev), split.Count(Split.Test)).ShouldBe((2, 2, 0));
        split = DataSplit.Create(dataset, dev: 0, test: 0.9);
        (split.Count(Split.Train), split.Count(Split.Dev), split.Count(Split.Test)).ShouldBe((2, 0, 2));
    }

    [Fact]
    public void Create_Duplicates_StayOnOneSide()
    {
        var dataset = Make(null, 40, 40);
        List<DuplicateGroup> groups = [.. Enumerable.Range(0, 15)
            .Select(i => new DuplicateGroup($"sha{i}", [$"0/{i:D3}.jpg", $"0/{39 - i:D3}.jpg", $"1/{i:D3}.jpg"], false, true))];
        for (var seed = 0UL; seed < 10; seed++)
        {
            var split = DataSplit.Create(dataset, dev: 0.3, test: 0.3, seed: seed, duplicates: () => groups);
            groups.ShouldAllBe(g => g.Ids.Select(id => split[id]).Distinct().Count() == 1);
            dataset.Items.ShouldAllBe(i => split[i.Id] != null);
            for (var c = 0; c < 2; c++)
                foreach (var wanted in Enum.GetValues<Split>()) Count(dataset, split, c, wanted).ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void Create_OfficialSplits_AreKeptAndAMissingDevIsDrawnStratified()
    {
        var official = Make(i => i < 8 ? Split.Train : Split.Dev, 10, 10);
        DataSplit.Create(official).Origin.ShouldBe("official");
        var without = Make(i => i < 20 ? Split.Train : Split.Test, 30, 25);
        var split = DataSplit.Create(without, dev: 0.25);
        split.Origin.ShouldBe("official, dev drawn from train: stratified, seed 0, dev 0.25");
        Enumerable.Range(0, 2)
            .Select(c => (Count(without, split, c, Split.Train), Count(without, split, c, Split.Dev),
            Count(without, split, c, Split.Test))).ShouldBe([(15, 5, 10), (15, 5, 5)]);
    }

    [Fact]
    public void Create_ClassesOfOneImage_SaysTooFew() =>
        Should.Throw<CaptionTLException>(() => DataSplit.Create(Make(null, 1, 1, 1))).Message.ShouldContain("too few");

    [Fact]
    public void SaveAndLoad_GivesTheSameSplit()
    {
        using var folder = new DatasetFolder();
        var path = Path.Combine(folder.Root, "split.json");
        var dataset = Make(null, 20, 10);
        var split = DataSplit.Create(dataset, seed: 3);
        split.Save(path);
        var loaded = DataSplit.Load(path);
        dataset.Items.ShouldAllBe(i => loaded[i.Id] == split[i.Id]);
        loaded.CheckAgainst(dataset);
        Should.Throw<CaptionTLException>(() => loaded.CheckAgainst(Make(null, 20, 9))).Message.ShouldContain("1/009.jpg");
    }
}
