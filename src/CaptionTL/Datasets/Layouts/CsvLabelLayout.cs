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
        foreach (var path in Candidates(files))
        {
            if (CsvTable.TryOpen(files, path, LabelColumns) is not { } table) continue;
            if (!table.HasHeader && !LabelTexts.AreLabels(table.Rows("label").Where(r => r.Problem == null).Select(r => r.Value))) continue;
            builder ??= new LabelledDatasetBuilder(files, "CSV with labels");
            foreach (var row in table.Rows("label"))
            {
                if (row.Problem != null) builder.Problem(FormattableString.Invariant($"{path}:{row.Line}"), row.Problem);
                else builder.Add(path, row.Line, row.Picture, row.Value, row.Split);
            }
        }
        return builder?.Build();
    }

    private static IEnumerable<string> Candidates(DatasetFiles files) =>
        files.WithExtension(".csv", ".tsv").Concat(files.WithExtension(".txt").Where(p => files.Named != null || DatasetFiles.FileName(p).Equals("labels.txt", StringComparison.OrdinalIgnoreCase)));
}
