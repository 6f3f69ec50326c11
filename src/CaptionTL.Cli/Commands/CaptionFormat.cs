namespace CaptionTL.Cli.Commands;

/// <summary>How captions are written.</summary>
internal enum CaptionFormat
{
    /// <summary>A sentence; with several pictures the file's name and a tab before it.</summary>
    Text,

    /// <summary>One JSON object a picture and line.</summary>
    Jsonl,

    /// <summary>A table with a head: file, rank, caption, confidence.</summary>
    Csv,
}
