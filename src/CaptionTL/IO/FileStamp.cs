using System.Runtime.InteropServices;

namespace CaptionTL.IO;

/// <summary>
/// What tells a changed file from an unchanged one without reading it: size, time of modification and, on Linux,
/// inode and time of the last change of any kind (which cannot be set back).
/// </summary>
internal readonly partial record struct FileStamp(long Size, long Modified, long Changed, ulong Inode)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint BasicStats = 0x7FF;  // STATX_BASIC_STATS

    /// <summary>Null where there is no such file.</summary>
    public static unsafe FileStamp? Of(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            var buffer = stackalloc byte[256]; // struct statx, of one layout on all architectures
            if (StatX(CurrentFolder, path, 0, BasicStats, buffer) == 0)
                return new FileStamp(*(long*)(buffer + 40), Ticks(buffer + 112), Ticks(buffer + 96), *(ulong*)(buffer + 32));
        }
        var info = new FileInfo(path);
        return info.Exists ? new FileStamp(info.Length, info.LastWriteTimeUtc.Ticks, info.LastWriteTimeUtc.Ticks, 0) : null;
    }

    /// <summary>
    /// False right after a change: a clock of coarse steps may give the next change the same time. What is read from
    /// such a file must not be remembered under its stamp.
    /// </summary>
    public bool IsSettled => DateTime.UtcNow.Ticks - Math.Max(Modified, Changed) > TimeSpan.TicksPerSecond * 2;

    /// <summary>Equal exactly when the stamps are.</summary>
    public override string ToString() => FormattableString.Invariant($"{Size}-{Modified}-{Changed}-{Inode}");

    private static unsafe long Ticks(byte* time) => DateTime.UnixEpoch.Ticks + *(long*)time * TimeSpan.TicksPerSecond
        + *(uint*)(time + 8) / 100;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* result);
}
