using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CaptionTL.IO;

/// <summary>
/// A file that appears whole or not at all: it is written under a temporary name beside the target, flushed to the
/// disk, renamed, and the folder is flushed. Until <see cref="Dispose"/> the file stays open and locked (shared), so
/// that another process can tell a file in the making from one whose writer died.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private const string Suffix = ".captiontl-tmp";

    private readonly FileStream _stream;
    private readonly string _temporary;
    private bool _committed;

    private AtomicFile(string path, string temporary, FileStream stream) => (Path, _temporary, _stream) = (path, temporary, stream);

    /// <summary>Full path of the target.</summary>
    public string Path { get; }

    /// <summary>Where the content goes; seekable, not to be disposed by the caller.</summary>
    public Stream Stream => _stream;

    /// <summary>Starts a file beside <paramref name="path"/>; the folder is made where it is missing.</summary>
    public static AtomicFile Create(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        var folder = System.IO.Path.GetDirectoryName(path) ?? throw new ArgumentException($"{path} is not a file name", nameof(path));
        Directory.CreateDirectory(folder);
        while (true)
        {
            var temporary = System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(path)}.{Guid.NewGuid():N}{Suffix}");
            if (TryCreate(temporary) is { } stream) return new AtomicFile(path, temporary, stream);
        }
    }

    /// <summary>Writes a file in one go; what was there stays untouched when <paramref name="write"/> throws.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = Create(path);
        write(file.Stream);
        file.Commit();
    }

    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = Create(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <summary>UTF-8 without a byte-order mark.</summary>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Flushes the content to the disk and gives it its name, replacing what had that name.</summary>
    public void Commit()
    {
        if (_committed) throw new InvalidOperationException($"{Path} is already in place");
        _stream.Flush(flushToDisk: true);
        File.Move(_temporary, Path, overwrite: true);
        _committed = true;
        FolderSync.Flush(System.IO.Path.GetDirectoryName(Path)!);
    }

    /// <summary>Closes the file; one that was not committed is removed.</summary>
    public void Dispose()
    {
        if (!_committed) TryDelete(_temporary);
        _stream.Dispose();
        if (!_committed) TryDelete(_temporary); // where an open file cannot be deleted (Windows)
    }

    /// <summary>Removes temporary files whose writers are gone; those being written are left alone.</summary>
    /// <returns>How many were removed.</returns>
    public static int RemoveLeftovers(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        var removed = 0;
        foreach (var temporary in Directory.EnumerateFiles(folder, ".*" + Suffix))
            if (FileLock.TryDeleteUnused(temporary)) removed++;
        return removed;
    }

    /// <summary>Null where a clean-up took the new file away before it was locked.</summary>
    private static FileStream? TryCreate(string temporary)
    {
        try
        {
            // FileShare.Delete: renaming an open file works on Windows too; on Unix it is a shared lock.
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1 << 16);
            if (File.Exists(temporary)) return stream;
            stream.Dispose();
            return null;
        }
        catch (IOException e) when (FileLock.IsHeldByAnother(e))
        {
            return null;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A later RemoveLeftovers takes it.
        }
    }
}

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

/// <summary>Passes bytes on and hashes them on the way; write only.</summary>
internal sealed class HashingStream(Stream inner, IncrementalHash hash) : Stream
{
    private const int Block = 1 << 18; // hashed and written while it is in the processor's cache

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var block = buffer[..Math.Min(buffer.Length, Block)];
            hash.AppendData(block);
            inner.Write(block);
            buffer = buffer[block.Length..];
        }
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
