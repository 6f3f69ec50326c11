using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Models;

/// <summary>Writes a model bundle: to a temporary name, flushed, then renamed.</summary>
public static class ModelBundleWriter
{
    // A fixed date: the same content gives the same file.
    private static readonly DateTimeOffset EntryTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="path">Replaced if it is there.</param>
    /// <param name="manifest">Its <see cref="BundleManifest.Files"/> are filled in here.</param>
    /// <param name="entries">Name and bytes of everything but the manifest.</param>
    public static void Write(string path, BundleManifest manifest, IReadOnlyDictionary<string, byte[]> entries)
    {
        var files = entries.OrderBy(e => e.Key, StringComparer.Ordinal).ToDictionary(e => e.Key, e => Convert.ToHexStringLower(SHA256.HashData(e.Value)));
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest with { Files = files }, Json.Indented);
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            Add(archive, ModelBundle.ManifestEntry, json);
            foreach (var (name, bytes) in entries.OrderBy(e => e.Key, StringComparer.Ordinal)) Add(archive, name, bytes);
        });
    }

    private static void Add(ZipArchive archive, string name, byte[] bytes)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = EntryTime;
        using var stream = entry.Open();
        stream.Write(bytes);
    }
}
