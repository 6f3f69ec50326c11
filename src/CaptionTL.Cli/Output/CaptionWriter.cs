using System.Globalization;
using CaptionTL.Cli.Commands;

namespace CaptionTL.Cli.Output;

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
                ? string.Create(CultureInfo.InvariantCulture, $"{CsvField.Quoted(file)},{rank + 1},{CsvField.Quoted(caption.Text)},{caption.Confidence:0.0000}")
                : single ? caption.Text : $"{file}\t{caption.Text}");
        }
    }
}
