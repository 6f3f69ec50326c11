namespace CaptionTL.Datasets;

/// <summary>Opens a data set of any kind: images with captions or with labels, told by what the files hold.</summary>
public static class DatasetReader
{
    /// <summary>Endings of the files that are taken for images: ".jpg".</summary>
    public static IReadOnlyCollection<string> ImageEndings => DatasetFiles.ImageExtensions;

    /// <summary>Endings of files with captions, labels or splits: ".jsonl".</summary>
    public static IReadOnlyCollection<string> TextEndings { get; } = [".json", ".jsonl", ".csv", ".tsv", ".txt", ".token"];

    /// <summary>
    /// A <see cref="CaptionDataset"/> or a <see cref="LabelledDataset"/>. Where files give both captions and labels, and where a file of
    /// captions lies beside folders that could be classes, captions are meant; <see cref="LabelledDatasetReader"/> takes labels of files
    /// in any case.
    /// </summary>
    /// <param name="path">A folder, a zip archive, or one caption or label file next to its images.</param>
    /// <exception cref="CaptionTLException">Nothing there, no known layout, no usable image, or one class only; the message says what
    /// was looked for and what there is.</exception>
    public static Dataset Open(string path) => Read<Dataset>(path, files =>
    {
        var captions = CaptionDatasetReader.TryOpen(files);
        if (captions is { Items.Count: > 0 }) return captions;
        var labels = LabelledDatasetReader.TryOpen(files);
        if (labels is { Items.Count: > 0 }) return LabelledDatasetReader.Checked(labels);
        if (captions != null) throw CaptionDatasetReader.Unusable(captions);
        if (labels != null) throw LabelledDatasetReader.Unusable(labels);
        throw Unknown(files, "captions or labels", CaptionDatasetReader.LookedFor + "\n" + LabelledDatasetReader.LookedFor);
    });

    /// <summary>Opens the files at a path for <paramref name="read"/>; what cannot be read is said with the path.</summary>
    internal static T Read<T>(string path, Func<DatasetFiles, T> read)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = Path.GetFullPath(path);
        try
        {
            using var files = OpenFiles(full);
            return read(files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new CaptionTLException($"{full}: cannot be read: {e.Message}", inner: e);
        }
    }

    /// <param name="files">What is there.</param>
    /// <param name="kind">"captions".</param>
    /// <param name="lookedFor">Lines, a layout each.</param>
    internal static CaptionTLException Unknown(DatasetFiles files, string kind, string lookedFor)
    {
        var kinds = files.Paths.GroupBy(p => Path.GetExtension(p).ToLowerInvariant()).OrderByDescending(g => g.Count()).Take(5)
            .Select(g => $"{g.Count()} × {(g.Key.Length == 0 ? "no ending" : g.Key)} (like {g.First()})");
        var found = files.Paths.Count == 0 ? "it is empty" : $"there are {files.Paths.Count} files: {string.Join(", ", kinds)}";
        return new CaptionTLException($"{(files.Named is null ? files.Root : Path.Combine(files.Root, files.Named))}: no known layout "
            + $"of a data set of {kind}; {found}. Looked for:\n{lookedFor}");
    }

    /// <summary>"The first of 12 problems: …", for a data set of which nothing can be used.</summary>
    internal static string FirstProblems(Dataset dataset) =>
        $"The first of {dataset.Problems.Count} problems: "
            + $"{string.Join("; ", dataset.Problems.Take(3).Select(p => $"{p.Where}: {p.Reason}"))}";

    private static DatasetFiles OpenFiles(string full)
    {
        if (Directory.Exists(full)) return new FolderFiles(full);
        if (!File.Exists(full)) throw new CaptionTLException($"{full}: there is no such folder or file");
        if (Path.GetExtension(full).Equals(".zip", StringComparison.OrdinalIgnoreCase)) return new ZipFiles(full);
        var folder = Path.GetDirectoryName(full)!;
        var files = new FolderFiles(folder) { Named = Path.GetFileName(full) };
        // Caption files often lie in a folder of their own (annotations, Flickr8k_text) beside that of the images.
        if (files.Images.Any() || Path.GetDirectoryName(folder) is not { } parent) return files;
        return new FolderFiles(parent) { Named = $"{Path.GetFileName(folder)}/{Path.GetFileName(full)}" };
    }
}
