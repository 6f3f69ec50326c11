using System.Text.Json;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// <c>metadata.jsonl</c> or another <c>.jsonl</c>: an object a line with <c>file_name</c> and <c>label</c> (or <c>class</c>, <c>category</c>),
/// text or a number, perhaps <c>split</c> (see <see cref="JsonRows"/>).
/// </summary>
internal static class JsonLabelLayout
{
    private static readonly string[] LabelKeys = ["class_name", "label_name", "label", "class", "category"];

    public static LabelledDataset? TryOpen(DatasetFiles files)
    {
        LabelledDatasetBuilder? builder = null;
        foreach (var path in files.WithExtension(".jsonl").Where(p => JsonRows.Read(files, p).Any(r => r.Problem == null && Value(r) != null)))
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
        else if (Text(value) is not { } label) builder.Problem(where, "the label is neither text nor a number; a picture has one label");
        else builder.Add(path, row.Line, row.Picture, label, row.Split);
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
        JsonValueKind.Array when value.GetArrayLength() == 1 && value[0].ValueKind is JsonValueKind.String or JsonValueKind.Number => Text(value[0]),
        _ => null,
    };
}
