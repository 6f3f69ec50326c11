namespace CaptionTL.IO;

/// <summary>
/// Locks between processes through the file itself: FileShare is flock(2) on Unix (None exclusive, all else shared) and
/// a sharing mode on Windows. The system drops a lock with its process, however that ends.
/// </summary>
public static class FileLock
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    /// <summary>Opens a file to read and keeps others from deleting it through <see cref="TryDeleteUnused"/>.</summary>
    /// <exception cref="FileNotFoundException">The file is gone.</exception>
    public static FileStream OpenShared(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            }
            catch (IOException e) when (IsHeldByAnother(e) && attempt < 500)
            {
                Thread.Sleep(10); // someone is about to delete it, or looks whether it is used
            }
        }
    }

    /// <summary>An exclusive lock on a lock file, or null while another holds it. The file itself stays.</summary>
    public static FileStream? TryExclusive(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            return null;
        }
    }

    /// <summary>
    /// Deletes a file that no process has open with a lock and that <paramref name="stillWanted"/> (asked under the lock) does not keep.
    /// </summary>
    public static bool TryDeleteUnused(string path, Func<bool>? stillWanted = null)
    {
        try
        {
            using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete
                : FileShare.None, 1);
            if (stillWanted?.Invoke() == true || !LocksCount(path)) return false;
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // in use, already gone, or not ours
        }
    }

    /// <summary>Whether a file could not be opened because of another's lock.</summary>
    internal static bool IsHeldByAnother(IOException e) =>
        e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        // EWOULDBLOCK: Linux 11, BSD and macOS 35
        && (OperatingSystem.IsWindows() ? e.HResult == WindowsSharingViolation : e.HResult is 11 or 35);

    /// <summary>
    /// Network file systems do not lock files that are open for writing: there, only what nobody has written to for a day counts as
    /// abandoned.
    /// </summary>
    private static bool LocksCount(string path)
    {
        if (new DriveInfo(path).DriveType != DriveType.Network) return true;
        return DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > TimeSpan.FromDays(1);
    }
}
