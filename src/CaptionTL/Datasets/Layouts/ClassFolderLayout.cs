namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// A folder for each class with its images in it; also below train, val and test (or other words for them, see
/// <see cref="SplitNames"/>).
/// A single folder that wraps all this, as archives often have, is skipped. Images in folders within a class folder are of that class.
/// </summary>
internal static class ClassFolderLayout
{
    public static LabelledDataset? TryOpen(DatasetFiles files)
    {
        if (files.Named != null) return null;
        var images = files.Images.Where(IsVisible).ToList();
        var root = SkipWrapper(images);
        if (FindParents(root, images) is not { } parents) return null;
        var folders = files.Folders.Where(f => IsVisible(f) && parents.ContainsKey(DatasetFiles.Folder(f))).ToList();
        var inSplits = !parents.ContainsKey(root);
        if (!inSplits && folders.Count < 2) return null;

        var builder = new LabelledDatasetBuilder(files, inSplits ? "class folders in split folders" : "class folders");
        var filled = new HashSet<string>(StringComparer.Ordinal);
        var nested = new SortedDictionary<string, (string Class, int Images)>(StringComparer.Ordinal);
        foreach (var path in files.Paths.Where(IsVisible))
        {
            var parent = inSplits ? FirstFolder(path, root) : root;
            var folder = parent != null && parents.ContainsKey(parent) ? FirstFolder(path, parent) : null;
            if (folder is null)
            {
                if (DatasetFiles.IsImage(path)) builder.Problem(path, "the image lies outside the class folders");
                continue;
            }
            if (!DatasetFiles.IsImage(path))
            {
                builder.Problem(path, "the file is in a class folder, but not an image by its name");
                continue;
            }
            var name = folder[parent!.Length..^1];
            builder.AddFound(path[root.Length..], path, name, parents[parent]);
            filled.Add(folder[..^1]);
            if (DatasetFiles.Folder(path) is var place && place != folder)
                nested[place] = (name, nested.GetValueOrDefault(place).Images + 1);
        }
        foreach (var empty in folders.Where(f => !filled.Contains(f))) builder.Problem(empty, "the class folder has no images");
        foreach (var (place, (name, count)) in nested)
            builder.Note(place.TrimEnd('/'),
                FormattableString.Invariant($"a folder within a class folder: its images ({count}) count as {name}"));
        return builder.Build();
    }

    /// <summary>
    /// The folder above the class or split folders: "", or the one that is wrapped around everything, with a slash at the end.
    /// </summary>
    private static string SkipWrapper(List<string> images)
    {
        for (var root = ""; ;)
        {
            var tops = images.Select(p => FirstFolder(p, root)).OfType<string>().Distinct(StringComparer.Ordinal).Take(2).ToList();
            if (tops.Count != 1 || SplitNames.Parse(tops[0][root.Length..^1]) != null) return root;
            if (!images.Any(p => FirstFolder(p, tops[0]) != null)) return root;
            root = tops[0];
        }
    }

    /// <summary>
    /// The folders whose folders are classes, with their split: the split folders, or the root. Null where neither makes sense.
    /// </summary>
    private static Dictionary<string, Split?>? FindParents(string root, List<string> images)
    {
        var tops = images.Select(p => (Path: p, Top: FirstFolder(p, root))).Where(p => p.Top != null)
            .ToLookup(p => p.Top!, p => p.Path, StringComparer.Ordinal);
        var splits = tops.Where(t => SplitNames.Parse(Name(t.Key)) != null && t.Any(p => FirstFolder(p, t.Key) != null)).ToList();
        var inSplits = splits.Sum(t => t.Count());
        // A class may be called "train" as well: then most images lie elsewhere.
        if (inSplits > 0 && 2 * inSplits > tops.Sum(t => t.Count()))
            return splits.ToDictionary(t => t.Key, t => SplitNames.Parse(Name(t.Key)), StringComparer.Ordinal);
        // train2017 and val2017 with nothing but images in them are no classes.
        return tops.All(t => SplitNames.FromName(Name(t.Key)) != null) ? null : new() { [root] = null };

        string Name(string top) => top[root.Length..^1];
    }

    /// <summary>"a/b/" for "a/b/c/d.jpg" below "a/"; null for what is not in a folder below it.</summary>
    private static string? FirstFolder(string path, string above) =>
        path.StartsWith(above, StringComparison.Ordinal) && path.IndexOf('/', above.Length) is >= 0 and var slash
            ? path[..(slash + 1)] : null;

    /// <summary>Not in a folder such as .git or .ipynb_checkpoints.</summary>
    private static bool IsVisible(string path) => !path.StartsWith('.') && !path.Contains("/.", StringComparison.Ordinal);
}
