using CaptionTL.Datasets;
using CaptionTL.Models;

namespace CaptionTL.Tests.Models;

public sealed class ScoredImagesTests
{
    [Theory]
    [InlineData(null, "test", "c")]
    [InlineData("val", "dev", "b")]
    [InlineData("TRAIN", "train", "a d")]
    [InlineData("all", "all", "a b c d")]
    public void Choose_OfOfficialSplits_GivesTheNamedOne(string? name, string split, string ids)
    {
        var dataset = Dataset(Split.Train, Split.Dev, Split.Test, Split.Train);

        var chosen = ScoredImages.Choose(dataset, dataset.Items, null, name, "hint");

        chosen.Name.ShouldBe(split);
        chosen.Items.Select(i => i.Id).ShouldBe(ids.Split(' '));
    }

    [Fact]
    public void Choose_WithoutASplit_GivesAllOrSaysWhatToDo()
    {
        var dataset = Dataset(null, null);

        ScoredImages.Choose(dataset, dataset.Items, null, null, "hint").Items.Count.ShouldBe(2);
        Should.Throw<CaptionTLException>(() => ScoredImages.Choose(dataset, dataset.Items, null, "dev", "Do this.")).Message.ShouldBe(
            "/data/toy has no official splits. Do this.");
    }

    [Theory]
    [InlineData("some", "The split is 'some'; it must be train, dev, test or all.")]
    [InlineData("test", "/data/toy has no test images; it has 1 train, 1 dev and 0 test.")]
    public void Choose_WhatIsNotThere_SaysWhatIs(string name, string message)
    {
        var dataset = Dataset(Split.Train, Split.Dev);

        Should.Throw<CaptionTLException>(() =>
            ScoredImages.Choose(dataset, dataset.Items, null, name, "hint")).Message.ShouldBe(message);
    }

    private static CaptionDataset Dataset(params Split?[] splits) =>
        new("toy", "/data/toy", "test",
            [.. splits.Select((split, i) => new CaptionItem($"{(char)('a' + i)}", new ImageSource("image"), ["A dog."], split))], []);
}
