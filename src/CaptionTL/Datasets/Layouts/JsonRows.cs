using System.Text.Json;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// A file of JSON objects, one a line, each with a picture's <c>file_name</c>, perhaps its <c>split</c>. In folders named train,
/// validation and test, the folder is the split.
/// </summary>
internal static class JsonRows
{
    /// <summary>A line that names a picture, or why it does not.</summary>
    internal sealed record Row(int Line, string Picture, JsonElement Values, Split? Split, string? Problem = null);

    /// <summary>Empty lines are left out.</summary>
    public static IEnumerable<Row> Read(DatasetFiles files, string path)
    {
        var folderSplit = SplitNames.Parse(DatasetFiles.FileName(DatasetFiles.Folder(path).TrimEnd('/')));
        foreach (var (number, line) in files.Lines(path))
            if (line is null || line.Trim().Length > 0) yield return Read(number, line, folderSplit);
    }

    private static Row Read(int number, string? line, Split? folderSplit)
    {
        Row Bad(string problem) => new(number, "", default, null, problem);

        if (line is null) return Bad("the line is not UTF-8 text");
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("file_name", out var name) || name.ValueKind != JsonValueKind.String)
                return Bad("the line has no \"file_name\"");
            var split = row.TryGetProperty("split", out var word) && word.ValueKind == JsonValueKind.String ? SplitNames.Parse(word.GetString()) : null;
            return new Row(number, name.GetString()!, row.Clone(), split ?? folderSplit);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Bad($"the line is not JSON: {e.Message}");
        }
    }
}
