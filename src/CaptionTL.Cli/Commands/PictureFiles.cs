using System.IO.Enumeration;

namespace CaptionTL.Cli.Commands;

/// <summary>From the words of a command line to picture files.</summary>
internal static class PictureFiles
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"];

    /// <summary>Files as they are named; of folders, and of patterns with * and ?, what looks like a picture, in order of name.</summary>
    /// <exception cref="CaptionTLException">One of the words leads to nothing.</exception>
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
        var found = Pictures(folder).ToList();
        return found.Count > 0 ? found : throw new CaptionTLException($"{folder}: the folder holds no pictures ({string.Join(' ', Extensions)})");
    }

    private static List<string> Matching(string pattern)
    {
        // The folder is what stands before the first part with a wildcard; ** stands for folders of any depth.
        var parts = pattern.Replace('\\', '/').Split('/');
        var fixedParts = parts.TakeWhile(p => p.AsSpan().IndexOfAny('*', '?') < 0).ToArray();
        var folder = fixedParts.Length == 0 ? "." : string.Join('/', fixedParts) is { Length: > 0 } path ? path : "/";
        var expression = string.Join('/', parts[fixedParts.Length..]).Replace("**/", "*", StringComparison.Ordinal);
        var deep = parts.Contains("**");
        var found = Directory.Exists(folder)
            ? Pictures(folder, deep).Where(f => FileSystemName.MatchesSimpleExpression(expression, Path.GetRelativePath(folder, f).Replace('\\', '/'), ignoreCase: true)).ToList()
            : [];
        return found.Count > 0 ? found : throw new CaptionTLException($"{pattern}: nothing fits this pattern");
    }

    private static IEnumerable<string> Pictures(string folder, bool deep = true) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = deep, IgnoreInaccessible = true })
            .Where(f => Extensions.Contains(Path.GetExtension(f).ToLowerInvariant()))
            .Order(StringComparer.Ordinal);
}
