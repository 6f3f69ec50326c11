namespace CaptionTL.Datasets;

/// <summary>A data set in a folder.</summary>
internal sealed class FolderFiles : DatasetFiles
{
    /// <summary>Folders within folders that are looked into.</summary>
    private const int Depth = 5;

    public FolderFiles(string root) : base(root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, IgnoreInaccessible = true };
        SetPaths(Directory.EnumerateFiles(root, "*", options).Select(Relative), Directory.EnumerateDirectories(root, "*", options).Select(Relative));
    }

    public override Stream Open(string path) => File.OpenRead(Full(path));

    public override PictureSource Source(string path) => new(Full(path));

    private string Relative(string full) => System.IO.Path.GetRelativePath(Root, full).Replace(System.IO.Path.DirectorySeparatorChar, '/');

    private string Full(string path) => System.IO.Path.Combine(Root, path.Replace('/', System.IO.Path.DirectorySeparatorChar));
}
