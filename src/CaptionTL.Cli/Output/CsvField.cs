namespace CaptionTL.Cli.Output;

/// <summary>A field of a CSV table (RFC 4180).</summary>
internal static class CsvField
{
    /// <summary>In quotes where it needs them. What a spreadsheet would take for a formula is left as it is: it is somebody's file name.</summary>
    public static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
