using System.Globalization;
using System.Net;
using System.Text;

namespace CaptionTL.Classes;

/// <summary>
/// The confusion matrix of a page. Each cell links to its images below, which the page shows when they are the target of its address.
/// </summary>
internal sealed class ConfusionHtml(ClassificationReport report, ReportImages images)
{
    /// <summary>A larger matrix is unreadable; a table of the most confused pairs replaces it.</summary>
    private const int MostMatrixClasses = 30;

    private const int MostPairs = 20;

    /// <summary>Most thumbnails of one cell.</summary>
    private const int MostInCell = 12;

    /// <summary>Most thumbnails of all cells, though each shows at least one: a thumbnail takes about 8 KB of the page.</summary>
    private const int MostInAll = 240;

    private readonly ClassificationScores _scores = report.Scores;

    public void Write(StringBuilder page, CancellationToken cancellation)
    {
        page.Append("<h2 id=\"confusion\">Confusion</h2>\n");
        var cells = report.Images.GroupBy(p => (p.Truth, p.Predicted)).ToDictionary(g => g.Key, g => g.ToList());
        if (_scores.Classes.Count <= MostMatrixClasses)
        {
            Matrix(page);
        }
        else
        {
            var pairs = Pairs();
            Table(page, pairs);
            cells = pairs.Where(cells.ContainsKey).ToDictionary(pair => pair, pair => cells[pair]);
        }
        var most = Math.Clamp(MostInAll / Math.Max(1, cells.Count), 1, MostInCell);
        foreach (var (cell, found) in cells.OrderBy(c => c.Key)) Cell(page, cell, found, most, cancellation);
    }

    /// <summary>A cell's shade is its share of its row.</summary>
    private void Matrix(StringBuilder page)
    {
        page.Append("<p>Rows: the true class. Columns: the predicted class. A number opens its images.</p>\n<div "
            + "class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"confusion\"><table class=\"matrix\">\n<tr><th></th>");
        foreach (var c in _scores.Classes) page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Text(c.Name)}</th>");
        page.Append("</tr>\n");
        foreach (var (i, c) in _scores.Classes.Index())
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(c.Name)}</th>");
            foreach (var (j, count) in _scores.Confusion[i].Index())
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"{(i == j ? "right" : "wrong")}\" "
                    + $"style=\"--share:{(c.Support == 0 ? 0 : 100.0 * count / c.Support):0}%\">{Number((i, j), count)}</td>");
            page.Append("</tr>\n");
        }
        page.Append("</table></div>\n");
    }

    private IReadOnlyList<(int Truth, int Predicted)> Pairs() =>
        [.. _scores.Confusion.Index().SelectMany(row => row.Item.Index().Where(cell => cell.Index != row.Index && cell.Item > 0)
            .Select(cell => (Truth: row.Index, Predicted: cell.Index, Count: cell.Item)))
            .OrderByDescending(p => p.Count).ThenBy(p => p.Truth).ThenBy(p => p.Predicted).Take(MostPairs)
            .Select(p => (p.Truth, p.Predicted))];

    private void Table(StringBuilder page, IReadOnlyList<(int Truth, int Predicted)> pairs)
    {
        page.Append(CultureInfo.InvariantCulture, $"<p>The {MostPairs} most confused pairs. A number opens its images.</p>\n"
            + $"<div class=\"wide\"><table>\n<tr><th>is</th><th>taken for</th><th>images</th></tr>\n");
        foreach (var pair in pairs)
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><th>{Text(_scores.Classes[pair.Truth].Name)}</th><th>{Text(_scores.Classes[pair.Predicted].Name)}</th>"
                + $"<td>{Number(pair, _scores.Confusion[pair.Truth][pair.Predicted])}</td></tr>\n");
        page.Append("</table></div>\n");
    }

    private string Number((int Truth, int Predicted) cell, int count) =>
        count == 0 ? "0" : FormattableString.Invariant($"<a href=\"#{Anchor(cell)}\" aria-label=\"{Title(cell, count)}\">{count}</a>");

    private void Cell(StringBuilder page, (int Truth, int Predicted) cell, IReadOnlyList<ClassifiedImage> found, int most,
        CancellationToken cancellation)
    {
        page.Append(CultureInfo.InvariantCulture,
            $"<section class=\"cell\" id=\"{Anchor(cell)}\">\n<h3>{Title(cell, found.Count)}</h3>\n<p>The most "
            + $"confident first{(found.Count > most ? FormattableString.Invariant($"; {most} of {found.Count} are shown") : "")}. <a "
            + $"href=\"#confusion\">Back to the numbers</a></p>\n<ul class=\"images\">\n");
        foreach (var image in found.OrderByDescending(p => p.Probabilities[p.Predicted]).ThenBy(p => p.Id, StringComparer.Ordinal)
            .Take(most))
        {
            cancellation.ThrowIfCancellationRequested();
            page.Append(CultureInfo.InvariantCulture,
                $"<li>{images.Of(image)}<p>{image.Probabilities[image.Predicted]:0.0 %}</p><p "
                + $"class=\"id\">{Text(image.Id)}</p></li>\n");
        }
        page.Append("</ul>\n</section>\n");
    }

    private string Title((int Truth, int Predicted) cell, int count)
    {
        var truth = Text(_scores.Classes[cell.Truth].Name);
        return cell.Truth == cell.Predicted ? FormattableString.Invariant($"{count} {truth} recognised")
            : FormattableString.Invariant($"{count} {truth} taken for {Text(_scores.Classes[cell.Predicted].Name)}");
    }

    private static string Anchor((int Truth, int Predicted) cell) => FormattableString.Invariant($"cell-{cell.Truth}-{cell.Predicted}");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
