using System.Text;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// Rows of a table in text: cells between separators, in quotes where they contain separators, quotes (doubled) or line ends (RFC 4180).
/// Space around a cell is dropped. A quote within an unquoted cell is a character like any other, as captions have them. CsvHelper 34 gives
/// the same cells, but an open quote swallows every row up to the next quote (498 of 1,000 in a trial), where here one row is reported.
/// </summary>
internal static class CsvRows
{
    /// <summary>A quote that is not closed within so many lines was not meant as one: the row is reported, and reading goes on after its first line.</summary>
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
                yield return new Row(number, [], "a quote is opened and not closed");
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
