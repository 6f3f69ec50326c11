using System.IO.Enumeration;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Images;

namespace CaptionTL.Cli.Commands;

/// <summary>From the arguments of a command line to image files.</summary>
internal static class ImageFiles
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"];

    /// <summary>
    /// Files as they are named; of folders, and of patterns with * and ?, the files with the extension of an image, in order of name.
    /// </summary>
    /// <exception cref="CaptionTLException">An argument names no file and matches none.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> words)
    {
        var files = new List<string>();
        foreach (var word in words)
        {
            if (File.Exists(word)) files.Add(word);
            else if (Directory.Exists(word)) files.AddRange(InFolder(word));
            else if (word.AsSpan().IndexOfAny('*', '?') >= 0) files.AddRange(Matching(word));
            else throw new CaptionTLException($"{word}: no such file or folder");
        }
        return [.. files.Distinct()];
    }

    private static List<string> InFolder(string folder)
    {
        var found = Images(folder).ToList();
        return found.Count > 0 ? found
            : throw new CaptionTLException($"{folder}: the folder contains no images ({string.Join(' ', Extensions)})");
    }

    private static List<string> Matching(string pattern)
    {
        // The folder is everything before the first part with a wildcard; ** matches folders of any depth.
        var parts = pattern.Replace('\\', '/').Split('/');
        var fixedParts = parts.TakeWhile(p => p.AsSpan().IndexOfAny('*', '?') < 0).ToArray();
        var folder = fixedParts.Length == 0 ? "." : string.Join('/', fixedParts) is { Length: > 0 } path ? path : "/";
        var expression = string.Join('/', parts[fixedParts.Length..]).Replace("**/", "*", StringComparison.Ordinal);
        var deep = parts.Contains("**");
        bool Matches(string file) => FileSystemName.MatchesSimpleExpression(
            expression, Path.GetRelativePath(folder, file).Replace('\\', '/'), ignoreCase: true);
        var found = Directory.Exists(folder) ? Images(folder, deep).Where(Matches).ToList() : [];
        return found.Count > 0 ? found : throw new CaptionTLException($"{pattern}: no image matches this pattern");
    }

    private static IEnumerable<string> Images(string folder, bool deep = true) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = deep, IgnoreInaccessible = true })
            .Where(f => Extensions.Contains(Path.GetExtension(f).ToLowerInvariant()))
            .Order(StringComparer.Ordinal);
}

/// <summary>
/// Reads the images of many files, batch by batch, with progress; files that cannot be read are reported on standard error and counted.
/// </summary>
internal sealed class ImageBatches(CommandRun run, IReadOnlyList<string> files, Preprocessor preprocessor) : IDisposable
{
    private readonly PreparedBatches _batches = new(preprocessor);
    private readonly ProgressView? _progress = files.Count > PreparedBatches.ImagesAtOnce ? run.Progress() : null;

    /// <summary>Number of files so far that could not be read.</summary>
    public int Failed { get; private set; }

    /// <summary>The images that could be read, with their files, in order.</summary>
    /// <param name="report">Is called with each file that cannot be read, and the reason.</param>
    public IEnumerable<(IReadOnlyList<string> Names, IReadOnlyList<RgbImage> Images)> Read(Action<string, string> report)
    {
        var done = 0;
        foreach (var batch in _batches.Read(files.Select(f => (f, new ImageSource(f))), run.CancellationToken))
        {
            var good = batch.Where(p => p.Image is not null).ToList();
            foreach (var (file, _, problem) in batch.Where(p => p.Image is null))
            {
                run.Error.WriteLine($"captiontl: {file}: {problem}");
                report(file, problem!);
                Failed++;
            }
            yield return ([.. good.Select(p => p.Id)], [.. good.Select(p => p.Image!)]);
            done += batch.Count;
            _progress?.Report("images", done, files.Count, "images");
        }
    }

    public void Dispose()
    {
        _progress?.Dispose();
        _batches.Dispose();
    }
}
