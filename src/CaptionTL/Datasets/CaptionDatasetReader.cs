using CaptionTL.Datasets.Layouts;

namespace CaptionTL.Datasets;

/// <summary>Opens a data set of pictures with captions, whichever of the known layouts it has.</summary>
public static class CaptionDatasetReader
{
    /// <summary>Each says null where it does not recognise itself. The most specific come first.</summary>
    private static readonly Func<DatasetFiles, CaptionDataset?>[] Layouts =
        [FlickrLayout.TryOpen, KarpathyLayout.TryOpen, CocoLayout.TryOpen, MetadataLayout.TryOpen, CsvLayout.TryOpen];

    /// <param name="path">A folder, a zip archive, or one caption file next to its pictures.</param>
    /// <exception cref="CaptionTLException">Nothing there, no known layout, or no usable picture; the message says what was looked for and what there is.</exception>
    public static CaptionDataset Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = Path.GetFullPath(path);
        try
        {
            using var files = OpenFiles(full);
            foreach (var layout in Layouts)
                if (layout(files) is { } dataset) return dataset.Items.Count > 0 ? dataset : throw Unusable(dataset);
            throw Unknown(files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new CaptionTLException($"{full}: cannot be read: {e.Message}", inner: e);
        }
    }

    private static DatasetFiles OpenFiles(string full)
    {
        if (Directory.Exists(full)) return new FolderFiles(full);
        if (!File.Exists(full)) throw new CaptionTLException($"{full}: there is no such folder or file");
        if (Path.GetExtension(full).Equals(".zip", StringComparison.OrdinalIgnoreCase)) return new ZipFiles(full);
        var folder = Path.GetDirectoryName(full)!;
        var files = new FolderFiles(folder) { Named = Path.GetFileName(full) };
        // Caption files often lie in a folder of their own (annotations, Flickr8k_text) beside that of the pictures.
        if (files.Pictures.Any() || Path.GetDirectoryName(folder) is not { } parent) return files;
        return new FolderFiles(parent) { Named = $"{Path.GetFileName(folder)}/{Path.GetFileName(full)}" };
    }

    private static CaptionTLException Unusable(CaptionDataset dataset)
    {
        var first = string.Join("; ", dataset.Problems.Take(3).Select(p => $"{p.Where}: {p.Reason}"));
        return new CaptionTLException($"{dataset.Path}: looks like {dataset.Layout}, but not one picture with a caption can be used. The first of {dataset.Problems.Count} problems: {first}");
    }

    private static CaptionTLException Unknown(DatasetFiles files)
    {
        var kinds = files.Paths.GroupBy(p => Path.GetExtension(p).ToLowerInvariant()).OrderByDescending(g => g.Count()).Take(5)
            .Select(g => $"{g.Count()} × {(g.Key.Length == 0 ? "no ending" : g.Key)} (like {g.First()})");
        var found = files.Paths.Count == 0 ? "it is empty" : $"there are {files.Paths.Count} files: {string.Join(", ", kinds)}";
        return new CaptionTLException($"""
            {(files.Named is null ? files.Root : Path.Combine(files.Root, files.Named))}: no known layout of a data set of captions; {found}. Looked for:
              Flickr8k/30k: *.token.txt or *.token with lines "NAME.jpg#0<TAB>caption", and a folder of pictures
              Karpathy: a .json with images[].sentences[].raw
              COCO captions: captions_*.json with images[] and annotations[].caption
              metadata.jsonl: a line like {"{"}"file_name": "a.jpg", "text": "A dog runs."{"}"} for each picture
              CSV: a .csv or .tsv with columns like image and caption
            """);
    }
}
