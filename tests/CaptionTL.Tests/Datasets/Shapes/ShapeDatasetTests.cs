using CaptionTL.Datasets;
using CaptionTL.Datasets.Shapes;
using CaptionTL.Images;

namespace CaptionTL.Tests.Datasets.Shapes;

public sealed class ShapeDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_WithCaptions_IsADataSetWithItsSplits()
    {
        ShapeDataset.Write(_folder.Path, new ShapeDatasetOptions { Images = 20, Side = 32 },
            cancellation: TestContext.Current.CancellationToken);

        var dataset = CaptionDatasetReader.Open(_folder.Path);
        dataset.Items.Count.ShouldBe(20);
        dataset.Items.ShouldAllBe(i => i.Captions.Count == 5 && i.Captions.All(c => c.EndsWith('.')));
        dataset.Items.Count(i => i.Split == Split.Dev).ShouldBe(4);
    }

    [Fact]
    public void Write_WithClasses_HasEveryShapeInBothSplits()
    {
        ShapeDataset.Write(_folder.Path, new ShapeDatasetOptions { Images = 50, Side = 32, Classes = true },
            cancellation: TestContext.Current.CancellationToken);

        var dataset = LabelledDatasetReader.Open(_folder.Path);
        dataset.Classes.ShouldBe(["circle", "cross", "square", "star", "triangle"]);
        dataset.Items.GroupBy(i => (i.Split, i.Class)).Select(g => g.Count()).Order().ShouldBe([2, 2, 2, 2, 2, 8, 8, 8, 8, 8]);
    }

    [Fact]
    public void Write_WithTheSameSeed_GivesTheSameFiles()
    {
        var (one, two, other) = (_folder.File("one"), _folder.File("two"), _folder.File("other"));
        foreach (var (folder, seed) in new[] { (one, 7UL), (two, 7UL), (other, 8UL) })
            ShapeDataset.Write(folder, new ShapeDatasetOptions { Images = 10, Side = 24, Seed = seed },
                cancellation: TestContext.Current.CancellationToken);

        foreach (var file in Directory.EnumerateFiles(one))
            File.ReadAllBytes(file).ShouldBe(File.ReadAllBytes(Path.Combine(two, Path.GetFileName(file))));
        File.ReadAllText(Path.Combine(one, "metadata.jsonl")).ShouldNotBe(File.ReadAllText(Path.Combine(other, "metadata.jsonl")));
    }

    [Theory]
    [InlineData(ShapeKind.Circle, Math.PI)]
    [InlineData(ShapeKind.Square, 2)]
    [InlineData(ShapeKind.Triangle, 1.299)]
    [InlineData(ShapeKind.Star, 1.1756)]
    [InlineData(ShapeKind.Cross, 1.7024)]
    public void Paint_OfAShape_CoversItsArea(ShapeKind kind, double areaOfRadiusOne)
    {
        const double Radius = 0.3;
        var shape = new Shape(kind, ShapeColour.All[0], true, 0.5, 0.5, Radius, 0.2);

        var image = ShapePainter.Paint(new ShapeScene([shape], false, 255, 1), 200);

        var covered = Enumerable.Range(0, 200 * 200).Count(i => image.Pixels[3 * i + 1] < 150);
        (covered / (200.0 * 200)).ShouldBe(areaOfRadiusOne * Radius * Radius, 0.004);
    }

    [Fact]
    public void Captions_OfTwoShapes_NameBothAndHowTheyStand()
    {
        var (red, blue) = (ShapeColour.All[0], ShapeColour.All[1]);
        var scene = new ShapeScene([new Shape(ShapeKind.Star, red, true, 0.3, 0.5, 0.2, 0),
            new Shape(ShapeKind.Cross, blue, false, 0.7, 0.5, 0.1, 0)], false, 220, 1);

        var captions = ShapeGrammar.Captions(scene, 50, new SplitMix64(3));

        captions.ShouldAllBe(c => c.Contains("red star") && c.Contains("blue cross") && !c.Contains("small red")
            && !c.Contains("large blue"));
        captions.ShouldAllBe(c => c.Contains("left of") ? c.IndexOf("star", StringComparison.Ordinal) < c.IndexOf("cross",
            StringComparison.Ordinal) : c.IndexOf("cross", StringComparison.Ordinal) < c.IndexOf("star", StringComparison.Ordinal));
        captions.Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Write_IntoAFolderThatHoldsSomething_LeavesItAlone()
    {
        File.WriteAllText(_folder.File("mine.txt"), "mine");

        Should.Throw<CaptionTLException>(() => ShapeDataset.Write(_folder.Path, new ShapeDatasetOptions())).Message.ShouldContain(
            "not empty");

        Directory.EnumerateFileSystemEntries(_folder.Path).Count().ShouldBe(1);
    }
}
