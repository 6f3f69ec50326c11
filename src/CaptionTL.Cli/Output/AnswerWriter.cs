using System.Text.Json;
using CaptionTL.Cli.Commands;

namespace CaptionTL.Cli.Output;

/// <summary>How a model's answers are written.</summary>
internal enum AnswerFormat
{
    /// <summary>A line for each image; with several images, the file's name and a tab before it.</summary>
    Text,

    /// <summary>A JSON object for each image, one a line.</summary>
    Jsonl,

    /// <summary>A table (RFC 4180) with a header: file, rank, answer, probability.</summary>
    Csv,
}

/// <summary>Writes what a model says of images.</summary>
internal abstract class AnswerWriter(TextWriter writer, AnswerFormat format)
{
    protected TextWriter Writer => writer;

    protected AnswerFormat Kind => format;

    /// <summary>--format.</summary>
    public static ChoiceOption<AnswerFormat> Format(string description) =>
        new("--format", description, ("text", AnswerFormat.Text), ("jsonl", AnswerFormat.Jsonl), ("csv", AnswerFormat.Csv));

    /// <summary>
    /// An image without an answer: an object of its own in JSON, where each image has one. In the other formats it is told on standard
    /// error only.
    /// </summary>
    public void Problem(string file, string problem)
    {
        if (format == AnswerFormat.Jsonl) Json(new { File = file, Error = problem });
    }

    protected void Json(object line) => writer.WriteLine(JsonSerializer.Serialize(line, ResultWriter.Options));

    /// <summary>
    /// A CSV field, in quotes where it needs them. What a spreadsheet would take for a formula is left as it is: it is somebody's file
    /// name.
    /// </summary>
    protected static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>Writes captions.</summary>
internal sealed class CaptionWriter(TextWriter writer, AnswerFormat format, bool single) : AnswerWriter(writer, format)
{
    public void Begin()
    {
        if (Kind == AnswerFormat.Csv) Writer.WriteLine("file,rank,caption,confidence");
    }

    public void Write(string file, CaptionResult result)
    {
        if (Kind == AnswerFormat.Jsonl)
        {
            Json(new { File = file, Caption = result.Text, result.Captions });
            return;
        }
        for (var rank = 0; rank < result.Captions.Count; rank++)
        {
            var caption = result.Captions[rank];
            Writer.WriteLine(Kind == AnswerFormat.Csv
                ? $"{Quoted(file)},{rank + 1},{Quoted(caption.Text)},{caption.Confidence:0.0000}"
                : single ? caption.Text : $"{file}\t{caption.Text}");
        }
    }
}

/// <summary>Writes classes.</summary>
internal sealed class ClassWriter(TextWriter writer, AnswerFormat format, int top, double threshold, bool single)
    : AnswerWriter(writer, format)
{
    private const string Unknown = "unknown";

    public void Begin()
    {
        if (Kind == AnswerFormat.Csv) Writer.WriteLine("file,rank,class,probability,answer");
    }

    public void Write(string file, Classification result)
    {
        var answer = result.Answer(threshold) ?? Unknown;
        var ranked = result.Ranked.Take(top).ToList();
        switch (Kind)
        {
            case AnswerFormat.Jsonl:
                Json(new { File = file, Answer = answer, Classes = ranked });
                break;
            case AnswerFormat.Csv:
                for (var i = 0; i < ranked.Count; i++)
                    Writer.WriteLine($"{Quoted(file)},{i + 1},{Quoted(ranked[i].Name)},{ranked[i].Probability:0.0000},{Quoted(answer)}");
                break;
            default:
                var shown = answer == Unknown && top == 1 ? [new ClassProbability(Unknown, ranked[0].Probability)] : ranked;
                var text = string.Join(", ", shown.Select(c => $"{c.Name} {c.Probability * 100:0.0} %"));
                Writer.WriteLine(single ? text : $"{file}\t{text}");
                break;
        }
    }
}
