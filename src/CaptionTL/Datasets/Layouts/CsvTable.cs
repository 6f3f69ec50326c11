using System.Text;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// A table with a column of images and a column of what is said of them (the values); separated by comma, semicolon, tab or bar.
/// Without a header, the first column is the image and the last the value.
/// </summary>
internal sealed class CsvTable
{
    private static readonly string[] ImageColumns = ["file_name", "filename", "file", "image", "image_name", "image_path", "path",
        "picture", "photo", "name"];

    private readonly DatasetFiles _files;
    private readonly string _path;
    private readonly Columns _columns;

    private CsvTable(DatasetFiles files, string path, Columns columns) => (_files, _path, _columns) = (files, path, columns);

    /// <summary>Where the columns are, how many there are, and whether the first row names them.</summary>
    private sealed record Columns(int Image, int Value, int Split, int Count, bool Header, char Separator);

    /// <summary>A row that can be used, or why it cannot.</summary>
    internal sealed record Row(int Line, string Image, string Value, Split? Split, string? Problem = null);

    /// <summary>The first row names the columns.</summary>
    public bool HasHeader => _columns.Header;

    /// <summary>There is no header, and the values look like labels.</summary>
    public bool HoldsLabelsByLook => !HasHeader && LabelTexts.AreLabels(Rows("value").Where(r => r.Problem == null).Select(r => r.Value));

    /// <summary>Below the data set's folder.</summary>
    public string Path => _path;

    /// <summary>The .csv and .tsv files, and the one .txt file, that have such columns.</summary>
    /// <param name="files">The data set's.</param>
    /// <param name="valueColumns">Names of the other column in lower case, the most wanted first.</param>
    /// <param name="textFile">Name of the .txt file that may be a table; any that the data set was opened by may be.</param>
    public static IEnumerable<CsvTable> Find(DatasetFiles files, string[] valueColumns, string textFile)
    {
        var texts = files.WithExtension(".txt")
            .Where(p => files.Named != null || DatasetFiles.FileName(p).Equals(textFile, StringComparison.OrdinalIgnoreCase));
        foreach (var path in files.WithExtension(".csv", ".tsv").Concat(texts))
            if (FindColumns(files.Lines(path).Select(l => l.Text).FirstOrDefault(t => !string.IsNullOrWhiteSpace(t)), valueColumns)
                is { } columns) yield return new CsvTable(files, path, columns);
    }

    /// <param name="kind">What a value is, "caption" or "label", for messages.</param>
    public IEnumerable<Row> Rows(string kind)
    {
        var split = _columns.Split < 0 ? SplitNames.FromName(DatasetFiles.FileName(_path)) : null;
        var header = _columns.Header;
        foreach (var row in CsvRows.Parse(_files.Lines(_path), _columns.Separator))
        {
            var cells = row.Cells;
            if (row.Problem == null && cells.All(string.IsNullOrEmpty)) continue;
            var problem = row.Problem;
            if (problem == null && header)
            {
                header = false;
                continue;
            }
            if (problem == null && cells.Count <= Math.Max(_columns.Image, _columns.Value))
                problem = $"the row has {cells.Count} columns, too few for an image and a {kind}";
            if (problem == null && cells.Count > _columns.Count)
                problem = $"the row has {cells.Count} columns instead of {_columns.Count}: a {kind} with \"{_columns.Separator}\" in it "
                    + $"must stand in quotes";
            yield return problem != null
                ? new Row(row.Line, "", "", null, problem)
                : new Row(row.Line, cells[_columns.Image], cells[_columns.Value], _columns.Split >= 0 && _columns.Split < cells.Count
                ? SplitNames.Parse(cells[_columns.Split]) : split);
        }
    }

    private static Columns? FindColumns(string? first, string[] valueColumns)
    {
        if (first is null) return null;
        Columns? withoutHeader = null;
        foreach (var separator in ",;\t|")
        {
            if (CsvRows.Split(first, separator) is not { Count: >= 2 } cells) continue;
            var names = cells.Select(c => c.Trim().ToLowerInvariant()).ToList();
            int Find(string[] known) => known.Select(k => names.IndexOf(k)).Where(i => i >= 0).DefaultIfEmpty(-1).First();
            var (image, value) = (Find(ImageColumns), Find(valueColumns));
            if (image >= 0 && value >= 0)
                return new Columns(image, value, names.IndexOf("split"), cells.Count, Header: true, separator);
            if (DatasetFiles.IsImage(names[0]))
                withoutHeader ??= new Columns(0, cells.Count - 1, -1, cells.Count, Header: false, separator);
        }
        return withoutHeader;
    }
}

/// <summary>
/// Rows of a table in text: cells between separators, in quotes where they contain separators, quotes (doubled) or line ends (RFC 4180).
/// Space around a cell is dropped. A quote within an unquoted cell is a character like any other, as captions have them. CsvHelper 34
/// gives the same cells, but an open quote swallows every row up to the next quote (498 of 1,000 in a trial), where here one row is
/// reported.
/// </summary>
internal static class CsvRows
{
    /// <summary>
    /// A quote that is not closed within so many lines was not meant as one: the row is reported, and reading goes on after its first
    /// line.
    /// </summary>
    private const int MaxLinesOfARow = 50;

    /// <summary>A row with the number of its first line, or why it cannot be read.</summary>
    internal sealed record Row(int Line, IReadOnlyList<string> Cells, string? Problem = null);

    /// <param name="lines">Numbered from 1, null for one that could not be decoded.</param>
    /// <param name="separator">One character.</param>
    public static IEnumerable<Row> Parse(IEnumerable<(int Number, string? Text)> lines, char separator)
    {
        var waiting = new LinkedList<(int Number, string? Text)>();
        using var source = lines.GetEnumerator();
        while (true)
        {
            if (waiting.Count == 0 && !Fetch()) yield break;
            var (number, text) = waiting.First!.Value;
            waiting.RemoveFirst();
            if (text is null)
            {
                yield return new Row(number, [], "the line is not UTF-8 text");
                continue;
            }
            var cells = Split(text, separator);
            var (row, used, node) = (text, 0, waiting.First);
            while (cells is null && used < MaxLinesOfARow)
            {
                if (node is null && !Fetch()) break;
                node ??= waiting.Last;
                if (node!.Value.Text is null) break;
                row = $"{row}\n{node.Value.Text}";
                used++;
                node = node.Next;
                cells = Split(row, separator);
            }
            if (cells is null)
            {
                yield return new Row(number, [], "a quotation mark is not closed");
                continue;
            }
            for (; used > 0; used--) waiting.RemoveFirst();
            yield return new Row(number, cells);
        }

        bool Fetch()
        {
            if (!source.MoveNext()) return false;
            waiting.AddLast(source.Current);
            return true;
        }
    }

    /// <summary>Null where a quote is still open at the end.</summary>
    public static IReadOnlyList<string>? Split(string row, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        for (var i = 0; ;)
        {
            while (i < row.Length && row[i] == ' ') i++;
            if (i < row.Length && row[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i == row.Length) return null;
                    if (row[i] != '"') cell.Append(row[i]);
                    else if (i + 1 < row.Length && row[i + 1] == '"') cell.Append(row[i++]);
                    else break;
                }
                i++;
            }
            while (i < row.Length && row[i] != separator) cell.Append(row[i++]);
            cells.Add(cell.ToString().Trim());
            cell.Clear();
            if (i++ == row.Length) return cells;
        }
    }
}
