namespace CaptionTL.Datasets;

/// <summary>The bytes of a picture: a file, or an entry of a zip archive.</summary>
/// <param name="Path">Full path of the file, or of the archive.</param>
/// <param name="Entry">Name of the entry within the archive, or null.</param>
public sealed record PictureSource(string Path, string? Entry = null)
{
    /// <summary>For messages: the file, or the archive and the entry in it.</summary>
    public string DisplayName => Entry is null ? Path : $"{Path}:{Entry}";
}
