using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.IO;
using Spectre.Console;

namespace CaptionTL.Cli.Output;

/// <summary>Writes results to standard output: text for people, or JSON, one object a line.</summary>
internal sealed class ResultWriter(TextWriter writer, bool json)
{
    /// <summary>snake_case names, text as it is.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a terminal or a pipe, never a web page
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Whether --json was given.</summary>
    public bool Json => json;

    /// <summary>The writer of text for people; not to be used when <see cref="Json"/> is set.</summary>
    public TextWriter Text => writer;

    /// <summary>
    /// One result: <paramref name="value"/> as one line of JSON with snake_case names, or what <paramref name="text"/> writes.
    /// </summary>
    public void Write(object value, Action<TextWriter> text)
    {
        if (json) writer.WriteLine(JsonSerializer.Serialize(value, Options));
        else text(writer);
    }

    /// <summary>Many results: one object a line, or a table with a row for each.</summary>
    public void WriteTable<T>(IEnumerable<T> rows, string whenEmpty, params (string Header, Func<T, string> Value)[] columns)
        where T : notnull
    {
        if (json)
        {
            foreach (var row in rows) writer.WriteLine(JsonSerializer.Serialize(row, Options));
            return;
        }
        var cells = rows.Select(row => columns.Select(column => column.Value(row)).ToArray()).ToList();
        if (cells.Count == 0) writer.WriteLine(whenEmpty);
        else TextTable.Write(writer, [.. columns.Select(c => c.Header)], cells);
    }
}

/// <summary>Whether a writer ends at a person's screen, and Spectre's console on it.</summary>
internal static class Terminal
{
    /// <summary>False for pipes, files, TERM=dumb and in tests.</summary>
    public static bool IsTerminal(TextWriter writer)
    {
        if (Environment.GetEnvironmentVariable("TERM") is "dumb" or "") return false;
        return writer == System.Console.Out ? !System.Console.IsOutputRedirected
            : writer == System.Console.Error && !System.Console.IsErrorRedirected;
    }

    public static IAnsiConsole Console(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
    });
}

/// <summary>A table: with a rule under its header on a terminal; as plain aligned columns, with nothing cut off, in a pipe.</summary>
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

/// <summary>
/// Sizes, times, rates and counts for people. The program runs in the invariant culture (InvariantGlobalization), so numbers are
/// formatted in one way on every machine.
/// </summary>
internal static class Units
{
    /// <summary>1.5 GiB, 12 KiB, 7 B.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1024 && unit < units.Length - 1) (value, unit) = (value / 1024, unit + 1);
        return value.ToString(unit == 0 || value >= 100 ? "0" : "0.0") + " " + units[unit];
    }

    /// <summary>
    /// Reads "500MB", "1.5 GiB", "2g" or plain bytes; decimal units count in thousands, KiB and the like in 1024. Null for anything else.
    /// </summary>
    public static long? ParseBytes(string text)
    {
        text = text.Trim().ToLowerInvariant();
        var unit = text.TrimStart("0123456789.".ToCharArray());
        if (!double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;
        double? factor = unit.Trim() switch
        {
            "" or "b" => 1,
            "k" or "kb" => 1e3, "m" or "mb" => 1e6, "g" or "gb" => 1e9, "t" or "tb" => 1e12,
            "kib" => 1L << 10, "mib" => 1L << 20, "gib" => 1L << 30, "tib" => 1L << 40,
            _ => null,
        };
        return number * factor is { } bytes and < long.MaxValue ? (long)bytes : null;
    }

    /// <summary>8 s, 2 min 05 s, 1 h 20 min, 3 d 4 h.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time.TotalSeconds < 60)
            return Math.Ceiling(time.TotalSeconds) is < 60 and var seconds ? $"{Math.Max(0, seconds):0} s" : "1 min";
        if (time.TotalHours < 1) return $"{time.Minutes} min {time.Seconds:00} s";
        return time.TotalDays < 1 ? $"{time.Hours} h {time.Minutes:00} min" : $"{time.Days} d {time.Hours} h";
    }

    /// <summary>About three significant digits: 0.42, 3.1, 41.3, 1200.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", _ => "0.00" });

    /// <summary>1 image, 2 images.</summary>
    public static string Count(long number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    /// <summary>2026-03-01 14:05, in the time zone of this machine.</summary>
    public static string LocalTime(DateTimeOffset time) => $"{time.ToLocalTime():yyyy-MM-dd HH:mm}";
}
