using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <summary>True where the person asked for --json.</summary>
    public bool Json => json;

    /// <summary>Where text for people goes; not to be used when <see cref="Json"/>.</summary>
    public TextWriter Text => writer;

    /// <summary>One result: <paramref name="value"/> as one line of JSON with snake_case names, or what <paramref name="text"/> writes.</summary>
    public void Write(object value, Action<TextWriter> text)
    {
        if (json) writer.WriteLine(JsonSerializer.Serialize(value, Options));
        else text(writer);
    }

    /// <summary>Many results: one object a line, or a table with a row for each.</summary>
    public void WriteTable<T>(IEnumerable<T> rows, string whenEmpty, params (string Header, Func<T, string> Value)[] columns) where T : notnull
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
