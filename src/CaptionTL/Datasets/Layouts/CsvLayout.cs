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
        foreach (var table in CsvTable.Find(files, CaptionColumns, "captions.txt"))
        {
            if (table.HoldsLabelsByLook) continue;
            builder ??= new CaptionDatasetBuilder(files, "CSV");
            foreach (var row in table.Rows("caption"))
            {
                if (row.Problem != null) builder.Problem(FormattableString.Invariant($"{table.Path}:{row.Line}"), row.Problem);
                else builder.Add(table.Path, row.Line, row.Picture, [row.Value], row.Split);
            }
        }
        return builder?.Build();
    }
}
