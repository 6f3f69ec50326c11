using System.Text;

namespace CaptionTL.Datasets;

/// <summary>
/// The files of a data set, in a folder or in an archive, by their relative path with forward slashes. A name from a caption file can
/// never lead outside.
/// </summary>
internal abstract class DatasetFiles : IDisposable
{
    internal static readonly HashSet<string> ImageExtensions = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".jpe", ".png",
        ".webp", ".gif", ".bmp", ".tif", ".tiff" };

    private readonly Dictionary<string, string?> _byFileName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private List<string> _ordered = [];
    private List<string> _folders = [];

    protected DatasetFiles(string root) => Root = root;

    /// <summary>Full path of the folder or the archive.</summary>
    public string Root { get; }

    /// <summary>The folder's or archive's own name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Root));

    /// <summary>The one caption file that was named by the user, instead of a folder; else null.</summary>
    public string? Named { get; init; }

    /// <summary>Sorted, so that everything that follows is independent of the file system's order.</summary>
    public IReadOnlyList<string> Paths => _ordered;

    /// <summary>Sorted, without a slash at the end; those without files too.</summary>
    public IReadOnlyList<string> Folders => _folders;

    public List<DatasetProblem> Problems { get; } = [];

    public IEnumerable<string> Images => _ordered.Where(IsImage);

    /// <summary>Caption files with one of these endings: the named one, or all of them.</summary>
    public IEnumerable<string> WithExtension(params string[] extensions) =>
        _ordered.Where(p => (Named is null || p == Named)
            && extensions.Contains(System.IO.Path.GetExtension(p), StringComparer.OrdinalIgnoreCase));

    public static bool IsImage(string path) => ImageExtensions.Contains(System.IO.Path.GetExtension(path));

    public abstract Stream Open(string path);

    public abstract ImageSource Source(string path);

    /// <summary>
    /// The path of an image that a caption file names: next to that file, from the root, or, where only one file has that name, anywhere.
    /// Null where there is none.
    /// </summary>
    /// <exception cref="FormatException">The name leads outside the data set.</exception>
    public string? FindImage(string captionFile, string name)
    {
        var relative = Normalize(name);
        var folder = Folder(captionFile);
        if (_paths.Contains(folder + relative)) return folder + relative;
        if (_paths.Contains(relative)) return relative;
        return _byFileName.GetValueOrDefault(FileName(relative));
    }

    /// <summary>Lines with their numbers from 1; null for one that is not UTF-8.</summary>
    public IEnumerable<(int Number, string? Text)> Lines(string path)
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        // Latin-1 keeps every byte, so that one bad line does not spoil its neighbours.
        using var reader = new StreamReader(Open(path), Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            string? text;
            try
            {
                text = strict.GetString(Encoding.Latin1.GetBytes(line)).TrimStart('\uFEFF');
            }
            catch (DecoderFallbackException)
            {
                text = null;
            }
            yield return (number, text);
        }
    }

    public static string Folder(string path) => path[..(path.LastIndexOf('/') + 1)];

    public static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Forward slashes, no leading "./".</summary>
    /// <exception cref="FormatException">Absolute, with "..", or with characters that no file name has.</exception>
    public static string Normalize(string name)
    {
        var path = name.Trim().Replace('\\', '/');
        while (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..];
        var rooted = path.StartsWith('/') || (path.Length >= 2 && path[1] == ':');
        if (path.Length == 0 || path.Length > 1024 || rooted || path.Split('/').Any(part => part is ".." or "" or ".")
            || path.Any(char.IsControl))
            throw new FormatException($"the name \"{Shorten(name)}\" is not one of a file within the data set");
        return path;
    }

    public static string Shorten(string text) => text.Length <= 80 ? text : text[..77] + "…";

    public virtual void Dispose()
    {
    }

    /// <summary>To be called once by the constructor of the derived class.</summary>
    protected void SetPaths(IEnumerable<string> paths, IEnumerable<string> folders)
    {
        _folders = [.. folders.Distinct(StringComparer.Ordinal)
            .Where(f => f != "__MACOSX" && !f.StartsWith("__MACOSX/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        _ordered = [.. paths.Where(p => !p.StartsWith("__MACOSX/", StringComparison.Ordinal) && !FileName(p).StartsWith('.'))
            .Order(StringComparer.Ordinal)];
        foreach (var path in _ordered)
        {
            _paths.Add(path);
            // Two files of one name: only a path tells them apart.
            if (IsImage(path)) _byFileName[FileName(path)] = _byFileName.ContainsKey(FileName(path)) ? null : path;
        }
    }
}

/// <summary>A data set in a folder.</summary>
internal sealed class FolderFiles : DatasetFiles
{
    /// <summary>Folders within folders that are looked into.</summary>
    private const int Depth = 5;

    public FolderFiles(string root) : base(root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, IgnoreInaccessible = true };
        SetPaths(Directory.EnumerateFiles(root, "*", options).Select(Relative), Directory.EnumerateDirectories(root, "*", options)
            .Select(Relative));
    }

    public override Stream Open(string path) => File.OpenRead(Full(path));

    public override ImageSource Source(string path) => new(Full(path));

    private string Relative(string full) => System.IO.Path.GetRelativePath(Root, full).Replace(System.IO.Path.DirectorySeparatorChar, '/');

    private string Full(string path) => System.IO.Path.Combine(Root, path.Replace('/', System.IO.Path.DirectorySeparatorChar));
}
