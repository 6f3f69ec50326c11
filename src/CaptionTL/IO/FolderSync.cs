using System.Runtime.InteropServices;

namespace CaptionTL.IO;

/// <summary>Makes names in a folder survive a power cut. Linux wants fsync on the folder; elsewhere nothing is done.</summary>
internal static partial class FolderSync
{
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC, the same on all of Linux's common architectures

    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        var descriptor = Open(folder, ReadOnlyCloseOnExec);
        if (descriptor < 0) return; // a folder that may be written but not read cannot be flushed
        _ = Sync(descriptor);       // some file systems refuse (EINVAL); then there is nothing to flush
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Close(int descriptor);
}
