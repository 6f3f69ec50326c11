using System.Globalization;
using System.Net;
using System.Text;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Images;

namespace CaptionTL.Classes;

/// <summary>
/// A <see cref="ClassificationReport"/> as one self-contained HTML file: no script, nothing loaded from elsewhere, thumbnails included.
/// A cell of the confusion matrix opens its images. The page follows the reader's light or dark setting.
/// </summary>
public sealed class ClassificationReportHtml(ThumbnailMaker? thumbnails = null)
{
    private const int WrongShown = 60;

    private readonly ThumbnailMaker _thumbnails = thumbnails ?? new ThumbnailMaker();

    /// <summary>
    /// Writes the file whole or not at all. An image that cannot be read is named with the reason in place of its thumbnail.
    /// </summary>
    public void Save(string path, ClassificationReport report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        AtomicFile.WriteAllText(path, Render(report, cancellation));
    }

    /// <summary>The page's text.</summary>
    public string Render(ClassificationReport report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        var (page, scores) = (new StringBuilder(), report.Scores);
        var images = scores.Images == 1 ? "1 image" : FormattableString.Invariant($"{scores.Images} images");
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <title>{Text(report.Model)} on {Text(report.Data)}</title>
            <style>
            {ReportStyle.Css}
            </style>
            </head>
            <body>
            <h1>{Text(report.Model)}</h1>
            <p>{Text(report.Data)}, {Text(report.Split)}: {images} in {scores.Classes.Count} classes</p>

            """);
        Scores(page, report);
        Classes(page, scores);
        using var thumbnails = new ReportImages(_thumbnails);
        new ConfusionHtml(report, thumbnails).Write(page, cancellation);
        Wrong(page, report, thumbnails, cancellation);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Scores(StringBuilder page, ClassificationReport report)
    {
        var scores = report.Scores;
        List<(string Name, string Value)> facts = [("accuracy", Percent(scores.Accuracy)),
            ("balanced accuracy", Percent(scores.BalancedAccuracy)), ("macro F1", Number(scores.MacroF1)),
            ("log loss", Number(scores.LogLoss))];
        // With k classes top k is always 100 %.
        for (var k = 2; k <= scores.TopAccuracy.Count && k < scores.Classes.Count; k++)
            facts.Add((FormattableString.Invariant($"top {k}"), Percent(scores.TopAccuracy[k - 1])));
        page.Append("<dl>\n");
        foreach (var (name, value) in facts.Concat(report.Facts))
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{Text(name)}</dt><dd>{Text(value)}</dd></div>\n");
        page.Append("</dl>\n");
    }

    private static void Classes(StringBuilder page, ClassificationScores scores)
    {
        page.Append("<h2>Classes</h2>\n<div class=\"wide\"><table>\n<tr><th>class</th><th>precision</th><th>recall</th><th>F1</th>"
            + "<th>images</th><th>predicted</th></tr>\n");
        foreach (var c in scores.Classes)
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(c.Name)}</th><td>{Number(c.Precision)}</td>"
                + $"<td>{Number(c.Recall)}</td><td>{Number(c.F1)}</td><td>{c.Support}</td><td>{c.Predicted}</td></tr>\n");
        page.Append("</table></div>\n");
    }

    private static void Wrong(StringBuilder page, ClassificationReport report, ReportImages images, CancellationToken cancellation)
    {
        page.Append("<h2>Most wrong</h2>\n");
        var wrong = MostWrong.Of(report.Images, WrongShown);
        if (wrong.Count == 0)
        {
            page.Append("<p>No image was taken for another class.</p>\n");
            return;
        }
        page.Append("<p>The most confident mistakes first. Images with a wrong label are often among them.</p>\n"
            + "<ul class=\"images\">\n");
        foreach (var image in wrong)
        {
            cancellation.ThrowIfCancellationRequested();
            var (truth, predicted) = (report.Scores.Classes[image.Truth].Name, report.Scores.Classes[image.Predicted].Name);
            page.Append(CultureInfo.InvariantCulture, $"<li>{images.Of(image)}<p>is <b>{Text(truth)}</b> "
                + $"({Percent(image.Probabilities[image.Truth])})<br>taken for <b>{Text(predicted)}</b> "
                + $"({Percent(image.Probabilities[image.Predicted])})</p><p class=\"id\">{Text(image.Id)}</p></li>\n");
        }
        page.Append("</ul>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}

/// <summary>The style of reports, light or dark as the reader's system is set.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root {
          color-scheme: light dark;
          --paper: #fff; --ink: #1b1f24; --faint: #59636e; --line: #d1d9e0; --right: 46 125 50; --wrong: 198 40 40;
        }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --right: 86 190 95; --wrong: 240 100 95; }
        }
        body {
          margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
          background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
        }
        h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
        dl { display: flex; flex-wrap: wrap; gap: 1rem 2rem; margin: 1.5rem 0; }
        dt, .id { color: var(--faint); font-size: .85rem; }
        dd { margin: 0; font-size: 1.5rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: right; }
        th { text-align: left; font-weight: 600; }
        .right { background: rgb(var(--right) / calc(var(--share) * .5)); }
        .wrong { background: rgb(var(--wrong) / calc(var(--share) * .5)); }
        .images { display: grid; grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); gap: 1.5rem; padding: 0; list-style: none; }
        .images p { margin: .3rem 0; overflow-wrap: anywhere; }
        .matrix a { display: block; margin: -.3rem -.6rem; padding: .3rem .6rem; color: inherit; }
        .cell { display: none; }
        .cell:target { display: block; }
        .missing { border: 1px dashed var(--line); padding: .5rem; font-size: .85rem; }
        """;
}

/// <summary>Thumbnails of a page: the page holds each of them once, however often it shows it.</summary>
internal sealed class ReportImages(ThumbnailMaker thumbnails) : IDisposable
{
    private readonly ImageReader _reader = new();
    private readonly Dictionary<string, Shown> _shown = new(StringComparer.Ordinal);

    /// <summary>An element that shows the image; where it cannot be read, its name with the reason.</summary>
    public string Of(ClassifiedImage image)
    {
        if (_shown.TryGetValue(image.Id, out var before))
            return before.Problem ?? Element(image, before, FormattableString.Invariant($"<use href=\"#image-{before.Number}\"/>"));
        try
        {
            var (jpeg, size) = thumbnails.Make(_reader.Read(image.Source));
            var shown = _shown[image.Id] = new Shown(_shown.Count, size, null);
            return Element(image, shown,
                string.Create(CultureInfo.InvariantCulture, $"<image id=\"image-{shown.Number}\" width=\"{size.Width}\" "
                + $"height=\"{size.Height}\" href=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\"/>"));
        }
        catch (CaptionTLException e)
        {
            var problem = $"<p class=\"missing\">{WebUtility.HtmlEncode(e.Message)}</p>";
            _shown[image.Id] = new Shown(_shown.Count, default, problem);
            return problem;
        }
    }

    public void Dispose() => _reader.Dispose();

    private static string Element(ClassifiedImage image, Shown shown, string content) => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg role=\"img\" aria-label=\"{WebUtility.HtmlEncode(image.Id)}\" width=\"{shown.Size.Width}\" "
            + $"height=\"{shown.Size.Height}\" viewBox=\"0 0 {shown.Size.Width} {shown.Size.Height}\">{content}</svg>");

    private sealed record Shown(int Number, PixelSize Size, string? Problem);
}
