using CaptionTL.IO;

namespace CaptionTL.Service.DataSets;

/// <summary>A folder for something in the making; gone when disposed. Its lock tells a living one from what a crash left.</summary>
internal sealed class StagingFolder : IDisposable
{
    private const string LockFile = ".lock";

    private readonly FileStream _lock;

    public StagingFolder(string root)
    {
        Path = System.IO.Path.Combine(root, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
        _lock = new FileStream(System.IO.Path.Combine(Path, LockFile), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1);
    }

    public string Path { get; }

    public string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        _lock.Dispose();
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }

    /// <summary>Removes what processes left that are no more.</summary>
    /// <returns>How many folders were removed.</returns>
    public static int RemoveLeftovers(string root)
    {
        if (!Directory.Exists(root)) return 0;
        var removed = 0;
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            try
            {
                // Made a moment ago, perhaps not locked yet.
                if (DateTime.UtcNow - Directory.GetCreationTimeUtc(folder) < TimeSpan.FromSeconds(10)) continue;
                using (var alone = FileLock.TryExclusive(System.IO.Path.Combine(folder, LockFile)))
                    if (alone is null) continue;
                Directory.Delete(folder, recursive: true);
                removed++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or not ours; the next clean-up looks again.
            }
        }
        return removed;
    }
}
