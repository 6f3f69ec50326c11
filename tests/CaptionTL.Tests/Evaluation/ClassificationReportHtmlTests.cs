using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CaptionTL.Datasets;
using CaptionTL.Evaluation;
using CaptionTL.Images;
using CaptionTL.Tests.Datasets;

namespace CaptionTL.Tests.Evaluation;

public class ClassificationReportHtmlTests
{
    private const string Nasty = "<script>alert('x')</script> & \"co\"";

    private static ClassifiedPicture InFile(string id, string path, int truth, params float[] probabilities) => new(id, new PictureSource(path), truth, probabilities);

    private static ClassificationReport Report(DatasetFolder folder)
    {
        ClassifiedPicture[] pictures =
        [
            InFile("rocket <1>.jpg", Path.Combine(Repository.Samples, "rocket.jpg"), 0, .125f, .875f), InFile("gone.jpg", Path.Combine(folder.Root, "gone.jpg"), 1, .75f, .25f), InFile("right.jpg", "/nowhere", 1, .1f, .9f),
        ];
        return new ClassificationReport(Nasty, "pets", "dev", ClassificationMetrics.Compute([Nasty, "dog"], pictures), MostWrong.Of(pictures)) { Facts = [("temperature", "1.31")] };
    }

    [Fact]
    public void Save_Report_IsOneFileThatNeedsNothingElse()
    {
        using var folder = new DatasetFolder();
        var path = Path.Combine(folder.Root, "report.html");
        new ClassificationReportHtml().Save(path, Report(folder), TestContext.Current.CancellationToken);
        var html = File.ReadAllText(path);
        Directory.GetFiles(folder.Root).ShouldBe([path]);
        html.ShouldStartWith("<!DOCTYPE html>");
        Regex.Matches(html, @"<script|<link|<iframe|<object|\son\w+\s*=|url\(|@import|https?:", RegexOptions.IgnoreCase).ShouldBeEmpty();
        Regex.Matches(html, "src=\"(?!data:image/jpeg;base64,)").ShouldBeEmpty();
        html.ShouldContain("prefers-color-scheme: dark");
        html.ShouldContain("&lt;script&gt;");
        foreach (var part in (string[])["33.3 %", "rocket &lt;1&gt;.jpg", "87.5 %", "12.5 %", "temperature", "1.31", "gone.jpg: cannot be read"]) html.ShouldContain(part);
    }

    [Fact]
    public void Render_Page_IsWellFormedWithTheMatrixAndThumbnails()
    {
        using var folder = new DatasetFolder();
        var html = new ClassificationReportHtml().Render(Report(folder), TestContext.Current.CancellationToken);
        // XML but for the elements that HTML leaves open.
        var body = XElement.Parse(Regex.Replace(html[html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>", StringComparison.Ordinal)], "<(img|br)([^>]*)>", "<$1$2/>"));
        body.Descendants("table").Single(t => (string?)t.Attribute("class") == "matrix").Descendants("td").Select(c => c.Value).ShouldBe(["0", "1", "1", "1"]);
        body.Descendants("li").Count().ShouldBe(2);
        var image = body.Descendants("img").ShouldHaveSingleItem();
        var decoded = ImageDecoders.Default.Decode(Convert.FromBase64String(((string)image.Attribute("src")!).Split(',')[1]));
        (decoded.Width, decoded.Height).ShouldBe((int.Parse((string)image.Attribute("width")!, CultureInfo.InvariantCulture), int.Parse((string)image.Attribute("height")!, CultureInfo.InvariantCulture)));
        Math.Max(decoded.Width, decoded.Height).ShouldBe(160);
    }

    [Fact]
    public void Render_ManyClasses_ShowsPairsInsteadOfAMatrix()
    {
        string[] classes = [.. Enumerable.Range(0, 40).Select(i => $"class {i}")];
        List<ClassifiedPicture> pictures = [.. Enumerable.Range(0, 3).Select(i => InFile($"{i}", "/nowhere", 7, [.. Enumerable.Range(0, 40).Select(c => c == 9 ? 1f : 0f)]))];
        var html = new ClassificationReportHtml().Render(new ClassificationReport("m", "d", "all", ClassificationMetrics.Compute(classes, pictures), []), TestContext.Current.CancellationToken);
        html.ShouldContain("<tr><th>class 7</th><th>class 9</th><td>3</td></tr>");
        html.ShouldNotContain("class=\"matrix\"");
    }

    [Fact]
    public void Render_NothingWrong_SaysSo()
    {
        var scores = ClassificationMetrics.Compute(["a", "b"], [InFile("x", "/nowhere", 0, 1, 0)]);
        new ClassificationReportHtml().Render(new ClassificationReport("m", "d", "all", scores, []), TestContext.Current.CancellationToken).ShouldContain("No picture was taken for another class.");
    }
}
