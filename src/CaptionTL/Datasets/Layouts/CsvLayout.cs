namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// A table with a column of pictures and a column of captions, a caption a row; separated by comma, semicolon, tab or bar.
/// Without a header, the first column is the picture and the last the caption. Flickr30k's results.csv and the captions.txt in
/// which Flickr8k is often passed on are such tables.
/// </summary>
internal static class CsvLayout
{
    private static readonly string[] PictureColumns = ["file_name", "filename", "file", "image", "image_name", "image_path", "path", "picture", "photo", "name"];
    private static readonly string[] CaptionColumns = ["caption", "text", "description", "comment", "sentence", "title"];

    /// <summary>Where the columns are, how many there are, and whether the first row names them.</summary>
    private sealed record Columns(int Picture, int Caption, int Split, int Count, bool Header, char Separator);

    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDatasetBuilder? builder = null;
        foreach (var path in Candidates(files))
        {
            if (FindColumns(files.Lines(path).Select(l => l.Text).FirstOrDefault(t => !string.IsNullOrWhiteSpace(t))) is not { } columns) continue;
            builder ??= new CaptionDatasetBuilder(files, "CSV");
            Read(builder, path, columns);
        }
        return builder?.Build();
    }

    private static IEnumerable<string> Candidates(DatasetFiles files) =>
        files.WithExtension(".csv", ".tsv").Concat(files.WithExtension(".txt").Where(p => files.Named != null || DatasetFiles.FileName(p).Equals("captions.txt", StringComparison.OrdinalIgnoreCase)));

    private static Columns? FindColumns(string? first)
    {
        if (first is null) return null;
        Columns? withoutHeader = null;
        foreach (var separator in ",;\t|")
        {
            if (CsvRows.Split(first, separator) is not { Count: >= 2 } cells) continue;
            var names = cells.Select(c => c.Trim().ToLowerInvariant()).ToList();
            int Find(string[] known) => known.Select(k => names.IndexOf(k)).Where(i => i >= 0).DefaultIfEmpty(-1).First();
            var (picture, caption) = (Find(PictureColumns), Find(CaptionColumns));
            if (picture >= 0 && caption >= 0) return new Columns(picture, caption, names.IndexOf("split"), cells.Count, Header: true, separator);
            if (DatasetFiles.IsPicture(names[0])) withoutHeader ??= new Columns(0, cells.Count - 1, -1, cells.Count, Header: false, separator);
        }
        return withoutHeader;
    }

    private static void Read(CaptionDatasetBuilder builder, string path, Columns columns)
    {
        var split = columns.Split < 0 ? SplitNames.FromName(DatasetFiles.FileName(path)) : null;
        var header = columns.Header;
        foreach (var row in CsvRows.Parse(builder.Files.Lines(path), columns.Separator))
        {
            var cells = row.Cells;
            var where = FormattableString.Invariant($"{path}:{row.Line}");
            if (row.Problem != null) builder.Problem(where, row.Problem);
            else if (cells.All(string.IsNullOrEmpty)) continue;
            else if (header) header = false;
            else if (cells.Count <= Math.Max(columns.Picture, columns.Caption)) builder.Problem(where, $"the row has {cells.Count} columns, too few for a picture and a caption");
            else if (cells.Count > columns.Count) builder.Problem(where, $"the row has {cells.Count} columns instead of {columns.Count}: a caption with \"{columns.Separator}\" in it must stand in quotes");
            else builder.Add(path, row.Line, cells[columns.Picture], [cells[columns.Caption]], columns.Split >= 0 && columns.Split < cells.Count ? SplitNames.Parse(cells[columns.Split]) : split);
        }
    }
}
