using System.Text.Json;
using CaptionTL.Cli.Commands;

namespace CaptionTL.Cli.Output;

/// <summary>What a model says of pictures, as text, JSON lines or CSV (RFC 4180).</summary>
internal abstract class AnswerWriter(TextWriter writer, CaptionFormat format)
{
    protected TextWriter Writer => writer;

    protected CaptionFormat Format => format;

    /// <summary>A picture without an answer: a line of its own where every picture has one, in JSON; elsewhere standard error has it.</summary>
    public void Problem(string file, string problem)
    {
        if (format == CaptionFormat.Jsonl) Json(new { File = file, Error = problem });
    }

    protected void Json(object line) => writer.WriteLine(JsonSerializer.Serialize(line, ResultWriter.Options));
}
