using System.Text.Json;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// <c>metadata.jsonl</c> next to the pictures: an object a line with <c>file_name</c> and <c>text</c> (or <c>caption</c>, <c>texts</c>,
/// <c>captions</c>), perhaps <c>split</c>; in folders named train, validation and test, the folder is the split.
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
            var folderSplit = SplitNames.Parse(DatasetFiles.FileName(DatasetFiles.Folder(path).TrimEnd('/')));
            foreach (var (number, line) in files.Lines(path))
                if (line is null || line.Trim().Length > 0) Read(builder, path, number, line, folderSplit);
        }
        return builder?.Build();
    }

    private static void Read(CaptionDatasetBuilder builder, string path, int number, string? line, Split? folderSplit)
    {
        var where = FormattableString.Invariant($"{path}:{number}");
        if (line is null)
        {
            builder.Problem(where, "the line is not UTF-8 text");
            return;
        }
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("file_name", out var name) || name.ValueKind != JsonValueKind.String)
            {
                builder.Problem(where, "the line has no \"file_name\"");
                return;
            }
            var captions = Captions(row);
            if (captions is null) builder.Problem(where, "the line has no \"text\" (nor \"caption\", \"texts\", \"captions\")");
            var split = row.TryGetProperty("split", out var word) && word.ValueKind == JsonValueKind.String ? SplitNames.Parse(word.GetString()) : null;
            builder.Add(path, number, name.GetString()!, captions ?? [], split ?? folderSplit);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            builder.Problem(where, $"the line is not JSON: {e.Message}");
        }
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
