using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Weights;

/// <summary>SHA-256 of files, computed once: a small file in the cache keeps it with the file's size, times and inode.</summary>
/// <param name="folder">Where it is kept; where that cannot be written, sums are computed every time.</param>
public sealed class ChecksumMemory(string folder)
{
    /// <summary>SHA-256 of a file, 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string Of(string path)
    {
        path = Path.GetFullPath(path);
        var stamp = FileStamp.Of(path);
        var note = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..32] + ".json");
        if (stamp is not null && Read(note) is { } known && known.Path == path && known.Stamp == stamp.ToString()) return known.Sha256;

        var sum = Compute(path);
        if (stamp is { IsSettled: true } && FileStamp.Of(path) == stamp) Remember(note, new Note(path, stamp.ToString()!, sum));
        return sum;
    }

    /// <summary>SHA-256 of a file, read anew whatever is remembered.</summary>
    /// <inheritdoc cref="Of"/>
    internal static string Compute(string path)
    {
        using var stream = FileLock.OpenShared(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static Note? Read(string note)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Note>(File.ReadAllBytes(note));
            return read is { Path: not null, Stamp: not null, Sha256.Length: 64 } ? read : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static void Remember(string path, Note note)
    {
        try
        {
            AtomicFile.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(note));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only cache costs time, nothing else.
        }
    }

    private sealed record Note(string Path, string Stamp, string Sha256);
}
