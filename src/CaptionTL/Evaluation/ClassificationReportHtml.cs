using System.Globalization;
using System.Net;
using System.Text;
using CaptionTL.Images;
using CaptionTL.IO;

namespace CaptionTL.Evaluation;

/// <summary>
/// A <see cref="ClassificationReport"/> as one HTML file that needs nothing else: no script, nothing from elsewhere, thumbnails within.
/// A cell of the confusion matrix opens its pictures. It follows the reader's light or dark setting.
/// </summary>
public sealed class ClassificationReportHtml(ThumbnailMaker? thumbnails = null)
{
    private const int WrongShown = 60;

    private readonly ThumbnailMaker _thumbnails = thumbnails ?? new ThumbnailMaker();

    /// <summary>Writes the file whole or not at all. A picture that cannot be read is named with the reason in place of its thumbnail.</summary>
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
            <p>{Text(report.Data)}, {Text(report.Split)}: {scores.Pictures} pictures in {scores.Classes.Count} classes</p>

            """);
        Scores(page, report);
        Classes(page, scores);
        using var pictures = new ReportPictures(_thumbnails);
        new ConfusionHtml(report, pictures).Write(page, cancellation);
        Wrong(page, report, pictures, cancellation);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Scores(StringBuilder page, ClassificationReport report)
    {
        var scores = report.Scores;
        List<(string Name, string Value)> facts = [("accuracy", Percent(scores.Accuracy)), ("balanced accuracy", Percent(scores.BalancedAccuracy)), ("macro F1", Number(scores.MacroF1)), ("log loss", Number(scores.LogLoss))];
        // With k classes top k is always 100 %.
        for (var k = 2; k <= scores.TopAccuracy.Count && k < scores.Classes.Count; k++) facts.Add((FormattableString.Invariant($"top {k}"), Percent(scores.TopAccuracy[k - 1])));
        page.Append("<dl>\n");
        foreach (var (name, value) in facts.Concat(report.Facts)) page.Append(CultureInfo.InvariantCulture, $"<div><dt>{Text(name)}</dt><dd>{Text(value)}</dd></div>\n");
        page.Append("</dl>\n");
    }

    private static void Classes(StringBuilder page, ClassificationScores scores)
    {
        page.Append("<h2>Classes</h2>\n<div class=\"wide\"><table>\n<tr><th>class</th><th>precision</th><th>recall</th><th>F1</th><th>pictures</th><th>predicted</th></tr>\n");
        foreach (var c in scores.Classes)
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(c.Name)}</th><td>{Number(c.Precision)}</td><td>{Number(c.Recall)}</td><td>{Number(c.F1)}</td><td>{c.Support}</td><td>{c.Predicted}</td></tr>\n");
        page.Append("</table></div>\n");
    }

    private static void Wrong(StringBuilder page, ClassificationReport report, ReportPictures pictures, CancellationToken cancellation)
    {
        page.Append("<h2>Most wrong</h2>\n");
        var wrong = MostWrong.Of(report.Pictures, WrongShown);
        if (wrong.Count == 0)
        {
            page.Append("<p>No picture was taken for another class.</p>\n");
            return;
        }
        page.Append("<p>The surer and the wronger, the earlier. Pictures with a wrong label are mostly found here.</p>\n<ul class=\"pictures\">\n");
        foreach (var picture in wrong)
        {
            cancellation.ThrowIfCancellationRequested();
            var (truth, predicted) = (report.Scores.Classes[picture.Truth].Name, report.Scores.Classes[picture.Predicted].Name);
            page.Append(CultureInfo.InvariantCulture, $"<li>{pictures.Of(picture)}<p>is <b>{Text(truth)}</b> ({Percent(picture.Probabilities[picture.Truth])})<br>taken for <b>{Text(predicted)}</b> ({Percent(picture.Probabilities[picture.Predicted])})</p><p class=\"id\">{Text(picture.Id)}</p></li>\n");
        }
        page.Append("</ul>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
