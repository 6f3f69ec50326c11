using System.Globalization;
using CaptionTL.Cli.Commands;

namespace CaptionTL.Cli.Output;

/// <summary>Classes as text, JSON lines or CSV (RFC 4180).</summary>
internal sealed class ClassWriter(TextWriter writer, CaptionFormat format, int top, double threshold, bool single) : AnswerWriter(writer, format)
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
                    Writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CsvField.Quoted(file)},{i + 1},{CsvField.Quoted(ranked[i].Name)},{ranked[i].Probability:0.0000},{CsvField.Quoted(answer)}"));
                break;
            default:
                var shown = answer == Unknown && top == 1 ? [new ClassProbability(Unknown, ranked[0].Probability)] : ranked;
                var text = string.Join(", ", shown.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Probability * 100:0.0} %")));
                Writer.WriteLine(single ? text : $"{file}\t{text}");
                break;
        }
    }
}
