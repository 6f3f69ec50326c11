namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// A table with a column of pictures and a column of labels, a picture a row (see <see cref="CsvTable"/>). Without a header, short texts
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
                else builder.Add(table.Path, row.Line, row.Picture, row.Value, row.Split);
            }
        }
        return builder?.Build();
    }
}
