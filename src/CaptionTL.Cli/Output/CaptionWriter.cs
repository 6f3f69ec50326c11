using System.Globalization;
using System.Text.Json;
using CaptionTL.Cli.Commands;

namespace CaptionTL.Cli.Output;

/// <summary>Captions as text, JSON lines or CSV (RFC 4180).</summary>
internal sealed class CaptionWriter(TextWriter writer, CaptionFormat format, bool single)
{
    public void Begin()
    {
        if (format == CaptionFormat.Csv) writer.WriteLine("file,rank,caption,confidence");
    }

    public void Write(string file, CaptionResult result)
    {
        if (format == CaptionFormat.Jsonl)
        {
            writer.WriteLine(JsonSerializer.Serialize(new { File = file, Caption = result.Text, result.Captions }, ResultWriter.Options));
            return;
        }
        for (var rank = 0; rank < result.Captions.Count; rank++)
        {
            var caption = result.Captions[rank];
            writer.WriteLine(format == CaptionFormat.Csv
                ? string.Create(CultureInfo.InvariantCulture, $"{CsvField.Quoted(file)},{rank + 1},{CsvField.Quoted(caption.Text)},{caption.Confidence:0.0000}")
                : single ? caption.Text : $"{file}\t{caption.Text}");
        }
    }

    public void Problem(string file, string problem) => writer.WriteLine(JsonSerializer.Serialize(new { File = file, Error = problem }, ResultWriter.Options));
}
