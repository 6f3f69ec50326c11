using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CaptionTL.Classes;
using CaptionTL.Datasets;
using CaptionTL.Images;
using CaptionTL.Tests.Datasets;

namespace CaptionTL.Tests.Classes;

public class ClassificationReportHtmlTests
{
    private const string Nasty = "<script>alert('x')</script> & \"co\"";

    private static ClassifiedImage InFile(string id, string path, int truth, params float[] probabilities) =>
        new(id, new ImageSource(path), truth, probabilities);

    private static ClassificationReport Report(DatasetFolder folder)
    {
        ClassifiedImage[] images =
        [
            InFile("rocket <1>.jpg", Path.Combine(Repository.Samples, "rocket.jpg"), 0, .125f, .875f),
                InFile("gone.jpg", Path.Combine(folder.Root, "gone.jpg"), 1, .75f, .25f), InFile("right.jpg", "/nowhere", 1, .1f, .9f),
        ];
        return new ClassificationReport(Nasty, "pets", "dev", ClassificationMetrics.Compute([Nasty, "dog"], images),
            images) { Facts = [("temperature", "1.31")] };
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
        Regex.Matches(html, "(src|href)=\"(?!data:image/jpeg;base64,|#)").ShouldBeEmpty();
        html.ShouldContain("prefers-color-scheme: dark");
        html.ShouldContain("&lt;script&gt;");
        foreach (var part in (string[])["33.3 %", "rocket &lt;1&gt;.jpg", "87.5 %", "12.5 %", "temperature", "1.31",
            "gone.jpg: cannot be read"]) html.ShouldContain(part);
    }

    [Fact]
    public void Render_Page_IsWellFormedWithTheMatrixAndThumbnails()
    {
        using var folder = new DatasetFolder();
        var html = new ClassificationReportHtml().Render(Report(folder), TestContext.Current.CancellationToken);
        // XML but for the elements that HTML leaves open.
        var body = XElement.Parse(
            Regex.Replace(html[html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>", StringComparison.Ordinal)],
            "<(br)([^>]*)>", "<$1$2/>"));
        body.Descendants("table").Single(t => (string?)t.Attribute("class") == "matrix").Descendants("td").Select(c => c.Value)
            .ShouldBe(["0", "1", "1", "1"]);
        // Three in their cells, two of them once more among the most wrong; the thumbnail is in the page once.
        body.Descendants("li").Count().ShouldBe(5);
        var image = body.Descendants("image").ShouldHaveSingleItem();
        ((string?)body.Descendants("use").ShouldHaveSingleItem().Attribute("href")).ShouldBe($"#{(string?)image.Attribute("id")}");
        var decoded = ImageDecoder.Decode(Convert.FromBase64String(((string)image.Attribute("href")!).Split(',')[1]));
        (decoded.Width, decoded.Height)
            .ShouldBe((int.Parse((string)image.Attribute("width")!, CultureInfo.InvariantCulture),
            int.Parse((string)image.Attribute("height")!, CultureInfo.InvariantCulture)));
        Math.Max(decoded.Width, decoded.Height).ShouldBe(160);
    }

    [Fact]
    public void Render_CellsOfTheMatrix_LeadToTheirImages()
    {
        using var folder = new DatasetFolder();
        var photo = Path.Combine(Repository.Samples, "rocket.jpg");
        ClassifiedImage[] images = [.. Enumerable.Range(0, 15)
            .Select(i => InFile($"cat-{i:00}.jpg", photo, 0, .3f - .01f * i, .7f + .01f * i)), InFile("dog.jpg", photo, 1, .2f, .8f)];

        var html = new ClassificationReportHtml()
            .Render(new ClassificationReport("m", "d", "dev", ClassificationMetrics.Compute(["cats", "dogs"], images), images),
            TestContext.Current.CancellationToken);

        var body = XElement.Parse(
            Regex.Replace(html[html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>", StringComparison.Ordinal)],
            "<(br)([^>]*)>", "<$1$2/>"));
        var links = body.Descendants("table").Single(t => (string?)t.Attribute("class") == "matrix").Descendants("a").ToList();
        links.Select(a => ((string?)a.Attribute("aria-label"), a.Value))
            .ShouldBe([("15 cats taken for dogs", "15"), ("1 dogs recognised", "1")]);
        var cell = body.Descendants("section").Single(s => $"#{(string?)s.Attribute("id")}" == (string?)links[0].Attribute("href"));
        cell.Descendants("p").Where(p => (string?)p.Attribute("class") == "id").Select(p => p.Value)
            .ShouldBe([.. Enumerable.Range(3, 12).Reverse().Select(i => $"cat-{i:00}.jpg")]);
        cell.Element("p")!.Value.ShouldContain("12 of 15 are shown");
        // Fifteen among the most wrong, twelve of them in the cell as well, and one dog.
        body.Descendants("image").Count().ShouldBe(16);
        body.Descendants("use").Count().ShouldBe(12);
    }

    [Fact]
    public void Render_ManyClasses_ShowsPairsInsteadOfAMatrix()
    {
        string[] classes = [.. Enumerable.Range(0, 40).Select(i => $"class {i}")];
        List<ClassifiedImage> images = [.. Enumerable.Range(0, 3)
            .Select(i => InFile($"{i}", "/nowhere", 7, [.. Enumerable.Range(0, 40).Select(c => c == 9 ? 1f : 0f)]))];
        var html = new ClassificationReportHtml()
            .Render(new ClassificationReport("m", "d", "all", ClassificationMetrics.Compute(classes, images), images),
            TestContext.Current.CancellationToken);
        html.ShouldContain("<tr><th>class 7</th><th>class 9</th><td><a href=\"#cell-7-9\" aria-label=\"3 class 7 taken for class "
            + "9\">3</a></td></tr>");
        html.ShouldContain("<section class=\"cell\" id=\"cell-7-9\">");
        html.ShouldNotContain("class=\"matrix\"");
    }

    [Fact]
    public void Render_NothingWrong_SaysSo()
    {
        var scores = ClassificationMetrics.Compute(["a", "b"], [InFile("x", "/nowhere", 0, 1, 0)]);
        new ClassificationReportHtml().Render(new ClassificationReport("m", "d", "all", scores, []), TestContext.Current.CancellationToken)
            .ShouldContain("No image was taken for another class.");
    }
}
