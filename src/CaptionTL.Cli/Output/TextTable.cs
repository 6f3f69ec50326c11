using Spectre.Console;

namespace CaptionTL.Cli.Output;

/// <summary>A table on a terminal with a rule under its head; in a pipe aligned columns without decoration, nothing cut off.</summary>
internal static class TextTable
{
    public static void Write(TextWriter writer, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (!Terminal.IsTerminal(writer))
        {
            WritePlain(writer, headers, rows);
            return;
        }
        var table = new Table { Border = TableBorder.Simple };
        foreach (var header in headers) table.AddColumn(new TableColumn(new Spectre.Console.Text(header)));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Spectre.Console.Text(cell)));
        Terminal.Console(writer).Write(table);
    }

    private static void WritePlain(TextWriter writer, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] lines = [headers, .. rows];
        var widths = headers.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            writer.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
