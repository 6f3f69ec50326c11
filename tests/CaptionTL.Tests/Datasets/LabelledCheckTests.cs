using System.Text.Json;
using CaptionTL.Datasets;

namespace CaptionTL.Tests.Datasets;

public class LabelledCheckTests
{
    private static DatasetFolder Folder() => new DatasetFolder()
        .Images(true, "train/cat/a.jpg", "val/dog/b.jpg").Images("train/cat/c.jpg", "train/cat/d.jpg", "train/dog/e.jpg",
        "val/cat/f.jpg")
        .Text("val/dog/page.jpg", "<html>404</html>");

    [Fact]
    public void Check_ClassFolders_CountsClassesAndFindsContradictions()
    {
        using var folder = Folder();
        var report = new DatasetChecker()
            .Check(LabelledDatasetReader.Open(folder.Root), cancellation: TestContext.Current.CancellationToken);
        report.Classes.Select(c => (c.Name, c.Images)).ShouldBe([("cat", 4), ("dog", 3)]);
        report.Classes[1].Splits.ShouldBe(new Dictionary<string, int> { ["train"] = 1, ["dev"] = 2 });
        report.Imbalance.ShouldBe(4 / 3.0, 1e-12);
        report.LargestShare.ShouldBe(4 / 7.0, 1e-12);
        var group = report.Duplicates.ShouldHaveSingleItem();
        (group.AcrossSplits, group.AcrossClasses).ShouldBe((true, true));
        group.Ids.ShouldBe(["train/cat/a.jpg", "val/dog/b.jpg"]);
        (report.DuplicatesAcrossSplits, report.DuplicatesAcrossClasses).ShouldBe((1, 1));
        report.Unreadable.ShouldHaveSingleItem().Where.ShouldBe("val/dog/page.jpg");
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report));
        json.RootElement.GetProperty("Classes")[0].GetProperty("Name").GetString().ShouldBe("cat");
        json.RootElement.GetProperty("Images").GetInt32().ShouldBe(7);
    }

    [Fact]
    public void Find_Duplicates_AreTheCheckersInFoldersAndArchives()
    {
        using var folder = Folder();
        var dataset = LabelledDatasetReader.Open(folder.Root);
        var groups = DuplicateFinder.Find(dataset, cancellation: TestContext.Current.CancellationToken);
        groups.ShouldHaveSingleItem().Ids.ShouldBe(["train/cat/a.jpg", "val/dog/b.jpg"]);
        DuplicateFinder.Find(LabelledDatasetReader.Open(folder.Zip()),
            cancellation: TestContext.Current.CancellationToken)[0].Sha256.ShouldBe(groups[0].Sha256);
    }

    [Fact]
    public void Find_FileThatIsGone_IsInNoGroup()
    {
        using var folder = Folder();
        var dataset = LabelledDatasetReader.Open(folder.Root);
        File.Delete(Path.Combine(folder.Root, "train/cat/a.jpg"));
        DuplicateFinder.Find(dataset, cancellation: TestContext.Current.CancellationToken).ShouldBeEmpty();
    }
}
