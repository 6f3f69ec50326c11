using System.Globalization;
using System.Text.Json;
using CaptionTL.Cli.Commands;
using CaptionTL.IO;

namespace CaptionTL.Cli.Output;

/// <summary>What a model says of images, as text, JSON lines or CSV (RFC 4180).</summary>
internal abstract class AnswerWriter(TextWriter writer, CaptionFormat format)
{
    protected TextWriter Writer => writer;

    protected CaptionFormat Format => format;

    /// <summary>
    /// An image without an answer: a line of its own where every image has one, in JSON; elsewhere standard error has it.
    /// </summary>
    public void Problem(string file, string problem)
    {
        if (format == CaptionFormat.Jsonl) Json(new { File = file, Error = problem });
    }

    protected void Json(object line) => writer.WriteLine(JsonSerializer.Serialize(line, ResultWriter.Options));
}

/// <summary>Captions as text, JSON lines or CSV (RFC 4180).</summary>
internal sealed class CaptionWriter(TextWriter writer, CaptionFormat format, bool single) : AnswerWriter(writer, format)
{
    public void Begin()
    {
        if (Format == CaptionFormat.Csv) Writer.WriteLine("file,rank,caption,confidence");
    }

    public void Write(string file, CaptionResult result)
    {
        if (Format == CaptionFormat.Jsonl)
        {
            Json(new { File = file, Caption = result.Text, result.Captions });
            return;
        }
        for (var rank = 0; rank < result.Captions.Count; rank++)
        {
            var caption = result.Captions[rank];
            Writer.WriteLine(Format == CaptionFormat.Csv
                ? string.Create(CultureInfo.InvariantCulture,
                $"{CsvField.Quoted(file)},{rank + 1},{CsvField.Quoted(caption.Text)},{caption.Confidence:0.0000}")
                : single ? caption.Text : $"{file}\t{caption.Text}");
        }
    }
}

/// <summary>Classes as text, JSON lines or CSV (RFC 4180).</summary>
internal sealed class ClassWriter(TextWriter writer, CaptionFormat format, int top, double threshold, bool single)
    : AnswerWriter(writer, format)
{
    private const string Unknown = "unknown";

    public void Begin()
    {
        if (Format == CaptionFormat.Csv) Writer.WriteLine("file,rank,class,probability,answer");
    }

    public void Write(string file, Classification result)
    {
        var answer = result.Answer(threshold) ?? Unknown;
        var ranked = result.Ranked.Take(top).ToList();
        switch (Format)
        {
            case CaptionFormat.Jsonl:
                Json(new { File = file, Answer = answer, Classes = ranked });
                break;
            case CaptionFormat.Csv:
                for (var i = 0; i < ranked.Count; i++)
                    Writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{CsvField.Quoted(file)},{i + 1},{CsvField.Quoted(ranked[i].Name)},{ranked[i].Probability:0.0000},{CsvField.Quoted(answer)}"));
                break;
            default:
                var shown = answer == Unknown && top == 1 ? [new ClassProbability(Unknown, ranked[0].Probability)] : ranked;
                var text = string.Join(", ",
                    shown.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Probability * 100:0.0} %")));
                Writer.WriteLine(single ? text : $"{file}\t{text}");
                break;
        }
    }
}

/// <summary>A field of a CSV table (RFC 4180).</summary>
internal static class CsvField
{
    /// <summary>
    /// In quotes where it needs them. What a spreadsheet would take for a formula is left as it is: it is somebody's file name.
    /// </summary>
    public static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field
        : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
