using System.Text.Json;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// <c>metadata.jsonl</c> next to the pictures: an object a line with <c>file_name</c> and <c>text</c> (or <c>caption</c>, <c>texts</c>,
/// <c>captions</c>), perhaps <c>split</c> (see <see cref="JsonRows"/>).
/// </summary>
internal static class MetadataLayout
{
    private static readonly string[] TextKeys = ["text", "caption", "texts", "captions"];

    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDatasetBuilder? builder = null;
        foreach (var path in files.WithExtension(".jsonl").Where(p => files.Named != null || DatasetFiles.FileName(p).Equals("metadata.jsonl", StringComparison.OrdinalIgnoreCase)))
        {
            builder ??= new CaptionDatasetBuilder(files, "metadata.jsonl");
            foreach (var row in JsonRows.Read(files, path)) Add(builder, path, row);
        }
        return builder?.Build();
    }

    private static void Add(CaptionDatasetBuilder builder, string path, JsonRows.Row row)
    {
        var where = FormattableString.Invariant($"{path}:{row.Line}");
        if (row.Problem != null)
        {
            builder.Problem(where, row.Problem);
            return;
        }
        var captions = Captions(row.Values);
        if (captions is null) builder.Problem(where, "the line has no \"text\" (nor \"caption\", \"texts\", \"captions\")");
        builder.Add(path, row.Line, row.Picture, captions ?? [], row.Split);
    }

    private static List<string?>? Captions(JsonElement row)
    {
        foreach (var key in TextKeys)
        {
            if (!row.TryGetProperty(key, out var value)) continue;
            if (value.ValueKind == JsonValueKind.String) return [value.GetString()];
            if (value.ValueKind == JsonValueKind.Array) return [.. value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString() : null)];
        }
        return null;
    }
}
