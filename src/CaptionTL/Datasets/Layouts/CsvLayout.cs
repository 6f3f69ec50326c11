namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// A table with a column of pictures and a column of captions, a caption a row (see <see cref="CsvTable"/>). Flickr30k's results.csv and
/// the captions.txt in which Flickr8k is often passed on are such tables.
/// </summary>
internal static class CsvLayout
{
    private static readonly string[] CaptionColumns = ["caption", "text", "description", "comment", "sentence", "title"];

    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDatasetBuilder? builder = null;
        foreach (var path in Candidates(files))
        {
            if (CsvTable.TryOpen(files, path, CaptionColumns) is not { } table) continue;
            if (!table.HasHeader && LabelTexts.AreLabels(table.Rows("caption").Where(r => r.Problem == null).Select(r => r.Value))) continue;
            builder ??= new CaptionDatasetBuilder(files, "CSV");
            foreach (var row in table.Rows("caption"))
            {
                if (row.Problem != null) builder.Problem(FormattableString.Invariant($"{path}:{row.Line}"), row.Problem);
                else builder.Add(path, row.Line, row.Picture, [row.Value], row.Split);
            }
        }
        return builder?.Build();
    }

    private static IEnumerable<string> Candidates(DatasetFiles files) =>
        files.WithExtension(".csv", ".tsv").Concat(files.WithExtension(".txt").Where(p => files.Named != null || DatasetFiles.FileName(p).Equals("captions.txt", StringComparison.OrdinalIgnoreCase)));
}
