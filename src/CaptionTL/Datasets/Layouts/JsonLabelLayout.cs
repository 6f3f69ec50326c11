using System.Text.Json;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// <c>metadata.jsonl</c> or another <c>.jsonl</c>: an object a line with <c>file_name</c> and <c>label</c> (or <c>class</c>,
/// <c>category</c>), text or a number, perhaps <c>split</c> (see <see cref="JsonRows"/>).
/// </summary>
internal static class JsonLabelLayout
{
    private static readonly string[] LabelKeys = ["class_name", "label_name", "label", "class", "category"];

    public static LabelledDataset? TryOpen(DatasetFiles files)
    {
        LabelledDatasetBuilder? builder = null;
        foreach (var path in files.WithExtension(".jsonl")
            .Where(p => JsonRows.Read(files, p).Any(r => r.Problem == null && Value(r) != null)))
        {
            builder ??= new LabelledDatasetBuilder(files, "JSON lines with labels");
            foreach (var row in JsonRows.Read(files, path)) Add(builder, path, row);
        }
        return builder?.Build();
    }

    private static void Add(LabelledDatasetBuilder builder, string path, JsonRows.Row row)
    {
        var where = FormattableString.Invariant($"{path}:{row.Line}");
        if (row.Problem != null) builder.Problem(where, row.Problem);
        else if (Value(row) is not { } value) builder.Problem(where, "the line has no \"label\" (nor \"class\", \"category\")");
        else if (Text(value) is not { } label) builder.Problem(where, "the label is neither text nor a number; an image has one label");
        else builder.Add(path, row.Line, row.Image, label, row.Split);
    }

    private static JsonElement? Value(JsonRows.Row row)
    {
        foreach (var key in LabelKeys)
            if (row.Values.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null) return value;
        return null;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        // A list of one is how tools for many labels write one.
        JsonValueKind.Array when value.GetArrayLength() == 1 && value[0].ValueKind is JsonValueKind.String or JsonValueKind.Number =>
            Text(value[0]),
        _ => null,
    };
}

/// <summary>
/// A file of JSON objects, one per line, each with an image's <c>file_name</c>, perhaps its <c>split</c>. In folders named train,
/// validation and test, the folder is the split.
/// </summary>
internal static class JsonRows
{
    /// <summary>A line that names an image, or why it does not.</summary>
    internal sealed record Row(int Line, string Image, JsonElement Values, Split? Split, string? Problem = null);

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
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("file_name", out var name)
                || name.ValueKind != JsonValueKind.String)
                return Bad("the line has no \"file_name\"");
            var split = row.TryGetProperty("split", out var word) && word.ValueKind == JsonValueKind.String
                ? SplitNames.Parse(word.GetString()) : null;
            return new Row(number, name.GetString()!, row.Clone(), split ?? folderSplit);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Bad($"the line is not JSON: {e.Message}");
        }
    }
}

/// <summary>Tells labels from captions where no header says which they are.</summary>
internal static class LabelTexts
{
    private const int MostWords = 4;

    /// <summary>Short texts of which each is there twice or more on average, and more than one of them. Captions hardly repeat.</summary>
    public static bool AreLabels(IEnumerable<string> texts)
    {
        var (count, different) = (0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var text in texts)
        {
            if (text.Count(char.IsWhiteSpace) >= MostWords) return false;
            count++;
            different.Add(text);
        }
        return different.Count > 1 && count >= 2 * different.Count;
    }
}
