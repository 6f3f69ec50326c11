using System.Text.Json;
using CaptionTL.Datasets;
using CaptionTL.Images;

namespace CaptionTL.Tests.Datasets;

public class DatasetCheckerTests
{
    private static DatasetFolder Folder()
    {
        var folder = new DatasetFolder().Images(true, "i/a.jpg", "i/b.jpg").Images("i/c.jpg")
            .Text("i/page.jpg", "<html>404</html>")
            .Text("captions.csv", "image,caption,split\na.jpg,A dog runs.,train\na.jpg,A DOG!,train\nb.jpg,a well-known dog's "
            + "bone,dev\nc.jpg,Hello,dev\npage.jpg,Nothing,train\ncut.jpg,Half,train\n");
        return folder.Bytes("i/cut.jpg", File.ReadAllBytes(Path.Combine(folder.Root, "i/a.jpg"))[..20000]);
    }

    [Fact]
    public void Check_SmallSet_CountsWhatIsThere()
    {
        using var folder = Folder();
        var dataset = CaptionDatasetReader.Open(folder.Root);
        var report = new DatasetChecker().Check(dataset, decode: true, cancellation: TestContext.Current.CancellationToken);
        (report.Images, report.Captions, report.VocabularySize).ShouldBe((5, 6, 9));
        report.Splits.ShouldBe(new Dictionary<string, int> { ["train"] = 3, ["dev"] = 2 });
        report.CaptionsPerImage.ShouldBe(new NumberRange(1, 1.2, 2));
        report.WordsPerCaption.ShouldBe(new NumberRange(1, 2, 4));
        report.MostCommonWords[0].ShouldBe(new WordCount("a", 3));
        report.MostCommonWords[1].ShouldBe(new WordCount("dog", 2));
        report.WordsSeenOnce.ShouldBe(7);
        report.Width.ShouldBe(new NumberRange(640, 640, 640));
        report.Formats.ShouldBe(new Dictionary<string, int> { ["jpeg"] = 3 });
        var duplicate = report.Duplicates.ShouldHaveSingleItem();
        duplicate.Ids.ShouldBe(["a.jpg", "b.jpg"]);
        duplicate.AcrossSplits.ShouldBeTrue();
        report.DuplicatesAcrossSplits.ShouldBe(1);
        report.Unreadable.Select(u => u.Where).ShouldBe(["page.jpg", "cut.jpg"]);
        report.Unreadable[0].Reason.ShouldContain("HTML");
        report.Unreadable[1].Reason.ShouldContain("cut off");
    }

    [Fact]
    public void Check_HeadersOnly_FindsWhatIsNoImageAndReportsProgress()
    {
        using var folder = Folder();
        var progress = new Collected();
        var report = new DatasetChecker().Check(CaptionDatasetReader.Open(folder.Zip()), progress: progress,
            cancellation: TestContext.Current.CancellationToken);
        report.Decoded.ShouldBeFalse();
        report.Unreadable.ShouldHaveSingleItem().Where.ShouldBe("page.jpg");
        progress.Values.ShouldContain(5);
    }

    [Fact]
    public void Check_Report_SerialisesAsItIs()
    {
        using var folder = Folder();
        var report = new DatasetChecker()
            .Check(CaptionDatasetReader.Open(folder.Root), cancellation: TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report));
        json.RootElement.GetProperty("Images").GetInt32().ShouldBe(5);
        json.RootElement.GetProperty("DuplicatesAcrossSplits").GetInt32().ShouldBe(1);
        json.RootElement.GetProperty("Duplicates")[0].GetProperty("Ids").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public void Check_Cancelled_Stops()
    {
        using var folder = Folder();
        var dataset = CaptionDatasetReader.Open(folder.Root);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => new DatasetChecker().Check(dataset, cancellation: cancelled.Token));
    }

    [Fact]
    public void Check_ImagesBeyondTheLimits_AreUnreadableWithTheReason()
    {
        using var folder = Folder();
        var report = new DatasetChecker(limits: new ImageLimits { MaxBytes = 30000 })
            .Check(CaptionDatasetReader.Open(folder.Root), cancellation: TestContext.Current.CancellationToken);
        report.Unreadable.Count.ShouldBe(4);
        report.Unreadable[0].Reason.ShouldContain("30,000");
    }

    [Fact]
    public void Check_TheRealFlickr8k_FindsNoUnreadableImage()
    {
        var report = new DatasetChecker().Check(CaptionDatasetReader.Open(Repository.RequireShared("flickr8k")),
            cancellation: TestContext.Current.CancellationToken);
        report.Unreadable.ShouldBeEmpty();
        report.Splits.ShouldBe(new Dictionary<string, int> { ["train"] = 6000, ["dev"] = 1000 });
        (report.CaptionsPerImage.Min, report.CaptionsPerImage.Max).ShouldBe((5, 5));
        report.Width.ShouldBe(new NumberRange(224, 224, 224));
        report.VocabularySize.ShouldBeInRange(7000, 9000);
    }

    private sealed class Collected : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value)
        {
            lock (Values) Values.Add(value);
        }
    }
}
