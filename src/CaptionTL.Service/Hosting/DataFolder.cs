namespace CaptionTL.Service.Hosting;

/// <summary>The folder that everything else relies on.</summary>
internal static class DataFolder
{
    /// <exception cref="CaptionTLException">It cannot be made, or not be written to.</exception>
    public static void Check(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(Path.Combine(folder, $".probe-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptionTLException($"{folder}: the data folder cannot be written ({e.Message}). Name another one with --data DIR (the setting {ServiceOptions.Section}:Data), or mend its permissions.", inner: e);
        }
    }
}
