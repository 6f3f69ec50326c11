using System.Text.Json;

namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// A table with a column of images and a column of captions, a caption a row (see <see cref="CsvTable"/>). Flickr30k's results.csv and
/// the captions.txt in which Flickr8k is often passed on are such tables.
/// </summary>
internal static class CsvLayout
{
    private static readonly string[] CaptionColumns = ["caption", "text", "description", "comment", "sentence", "title"];

    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDatasetBuilder? builder = null;
        foreach (var table in CsvTable.Find(files, CaptionColumns, "captions.txt"))
        {
            if (table.HoldsLabelsByLook) continue;
            builder ??= new CaptionDatasetBuilder(files, "CSV");
            foreach (var row in table.Rows("caption"))
            {
                if (row.Problem != null) builder.Problem(FormattableString.Invariant($"{table.Path}:{row.Line}"), row.Problem);
                else builder.Add(table.Path, row.Line, row.Image, [row.Value], row.Split);
            }
        }
        return builder?.Build();
    }
}

/// <summary>
/// A table with a column of images and a column of labels, an image a row (see <see cref="CsvTable"/>). Without a header, short texts
/// that repeat are labels. Where a column has the class's number and another its name, the name is taken.
/// </summary>
internal static class CsvLabelLayout
{
    private static readonly string[] LabelColumns = ["class_name", "label_name", "label", "class", "category", "target"];

    public static LabelledDataset? TryOpen(DatasetFiles files)
    {
        LabelledDatasetBuilder? builder = null;
        foreach (var table in CsvTable.Find(files, LabelColumns, "labels.txt"))
        {
            if (!table.HasHeader && !table.HoldsLabelsByLook) continue;
            builder ??= new LabelledDatasetBuilder(files, "CSV with labels");
            foreach (var row in table.Rows("label"))
            {
                if (row.Problem != null) builder.Problem(FormattableString.Invariant($"{table.Path}:{row.Line}"), row.Problem);
                else builder.Add(table.Path, row.Line, row.Image, row.Value, row.Split);
            }
        }
        return builder?.Build();
    }
}

/// <summary>
/// <c>metadata.jsonl</c> next to the images: an object a line with <c>file_name</c> and <c>text</c> (or <c>caption</c>, <c>texts</c>,
/// <c>captions</c>), perhaps <c>split</c> (see <see cref="JsonRows"/>).
/// </summary>
internal static class MetadataLayout
{
    private static readonly string[] TextKeys = ["text", "caption", "texts", "captions"];

    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDatasetBuilder? builder = null;
        foreach (var path in files.WithExtension(".jsonl")
            .Where(p => files.Named != null || DatasetFiles.FileName(p).Equals("metadata.jsonl", StringComparison.OrdinalIgnoreCase)))
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
        builder.Add(path, row.Line, row.Image, captions ?? [], row.Split);
    }

    private static List<string?>? Captions(JsonElement row)
    {
        foreach (var key in TextKeys)
        {
            if (!row.TryGetProperty(key, out var value)) continue;
            if (value.ValueKind == JsonValueKind.String) return [value.GetString()];
            if (value.ValueKind == JsonValueKind.Array)
                return [.. value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString() : null)];
        }
        return null;
    }
}
