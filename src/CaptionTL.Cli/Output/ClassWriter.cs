using System.Globalization;
using System.Text.Json;
using CaptionTL.Cli.Commands;

namespace CaptionTL.Cli.Output;

/// <summary>Classes as text, JSON lines or CSV (RFC 4180).</summary>
internal sealed class ClassWriter(TextWriter writer, CaptionFormat format, int top, double threshold, bool single)
{
    private const string Unknown = "unknown";

    public void Begin()
    {
        if (format == CaptionFormat.Csv) writer.WriteLine("file,rank,class,probability,answer");
    }

    public void Write(string file, Classification result)
    {
        var answer = result.Answer(threshold) ?? Unknown;
        var ranked = result.Ranked.Take(top).ToList();
        switch (format)
        {
            case CaptionFormat.Jsonl:
                writer.WriteLine(JsonSerializer.Serialize(new { File = file, Answer = answer, Classes = ranked }, ResultWriter.Options));
                break;
            case CaptionFormat.Csv:
                for (var i = 0; i < ranked.Count; i++)
                    writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CsvField.Quoted(file)},{i + 1},{CsvField.Quoted(ranked[i].Name)},{ranked[i].Probability:0.0000},{CsvField.Quoted(answer)}"));
                break;
            default:
                var shown = answer == Unknown && top == 1 ? [new ClassProbability(Unknown, ranked[0].Probability)] : ranked;
                var text = string.Join(", ", shown.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Probability * 100:0.0} %")));
                writer.WriteLine(single ? text : $"{file}\t{text}");
                break;
        }
    }

    public void Problem(string file, string problem) => writer.WriteLine(JsonSerializer.Serialize(new { File = file, Error = problem }, ResultWriter.Options));
}
