using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Weights;

namespace CaptionTL.Models;

/// <summary>
/// One file that predicts: a zip archive, stored without compression, of manifest.json, safetensors, the vocabulary or the labels, a
/// canary and a model card. Nothing in it executes; every entry is checked against its SHA-256 when it is read.
/// </summary>
public sealed class ModelBundle : IDisposable
{
    public const string Extension = ".captiontl";
    public const string ManifestEntry = "manifest.json";
    public const string DecoderEntry = "decoder.safetensors";
    public const string EncoderEntry = "encoder.safetensors";
    public const string HeadEntry = "head.safetensors";
    public const string LabelsEntry = "labels.txt";
    public const string VocabularyEntry = "vocab.txt";
    public const string CanaryImageEntry = "canary.png";
    public const string CanaryEntry = "canary.safetensors";
    public const string CardEntry = "README.md";

    private const int MaxEntries = 64;
    private const int MaxManifestBytes = 4 << 20;

    // A fixed date: the same content gives the same file.
    private static readonly DateTimeOffset EntryTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _archive;

    private ModelBundle(string path, ZipArchive archive, BundleManifest manifest) =>
        (Path, _archive, Manifest) = (path, archive, manifest);

    public string Path { get; }

    public BundleManifest Manifest { get; }

    /// <exception cref="CaptionTLException">There is no such file, or this version cannot read it as a bundle.</exception>
    public static ModelBundle Open(string path)
    {
        if (!File.Exists(path))
            throw new CaptionTLException($"There is no model bundle at {path}. 'captiontl train' makes one; 'captiontl models list' "
                + "shows those that are installed.");
        ZipArchive? archive = null;
        try
        {
            archive = new ZipArchive(File.OpenRead(path), ZipArchiveMode.Read);
            if (archive.Entries.Count > MaxEntries) throw Broken(path, $"it has {archive.Entries.Count} entries");
            var json = ReadEntry(path, archive, ManifestEntry, MaxManifestBytes);
            using (var peek = JsonDocument.Parse(json))
            {
                if (!peek.RootElement.TryGetProperty("schemaVersion", out var version) || !version.TryGetInt32(out var schema))
                    throw Broken(path, "its manifest has no schema version");
                if (schema > BundleManifest.CurrentSchema)
                    throw new CaptionTLException($"{path} was made by a newer version of CaptionTL (schema {schema}, this one reads up "
                        + $"to {BundleManifest.CurrentSchema}). Update CaptionTL to use it.");
            }
            // Plans lose and gain values from version to version; the schema's number says whether the rest can be read.
            var manifest = JsonSerializer.Deserialize<BundleManifest>(json, Json.Lenient) ?? throw Broken(path, "its manifest is empty");
            return new ModelBundle(System.IO.Path.GetFullPath(path), archive, manifest);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or NotSupportedException)
        {
            archive?.Dispose();
            throw Broken(path, e.Message, e);
        }
        catch
        {
            archive?.Dispose();
            throw;
        }
    }

    /// <summary>Writes a bundle to a temporary name, flushes and renames it.</summary>
    /// <param name="path">Replaced if it exists.</param>
    /// <param name="manifest">Its <see cref="BundleManifest.Files"/> are filled in here.</param>
    /// <param name="entries">Name and bytes of everything but the manifest.</param>
    public static void Write(string path, BundleManifest manifest, IReadOnlyDictionary<string, byte[]> entries)
    {
        var sorted = entries.OrderBy(e => e.Key, StringComparer.Ordinal).ToList();
        var files = sorted.ToDictionary(e => e.Key, e => Convert.ToHexStringLower(SHA256.HashData(e.Value)));
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest with { Files = files }, Json.Indented);
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, bytes) in sorted.Prepend(new(ManifestEntry, json)))
            {
                var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
                entry.LastWriteTime = EntryTime;
                using var written = entry.Open();
                written.Write(bytes);
            }
        });
    }

    public bool Has(string entry) => Manifest.Files.ContainsKey(entry);

    /// <summary>An entry's bytes, checked against the manifest's SHA-256. Safe for several threads.</summary>
    /// <exception cref="CaptionTLException">The entry is missing, or its bytes are not those that were written.</exception>
    public byte[] Read(string entry)
    {
        if (!Manifest.Files.TryGetValue(entry, out var expected)) throw Broken(Path, $"'{entry}' is missing");
        byte[] bytes;
        try
        {
            lock (_archive) bytes = ReadEntry(Path, _archive, entry, int.MaxValue);
        }
        catch (InvalidDataException e)
        {
            throw Broken(Path, e.Message, e);
        }
        var actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return actual == expected ? bytes : throw Broken(Path, $"'{entry}' has SHA-256 {actual}, the manifest says {expected}");
    }

    /// <summary>The tensors of an entry.</summary>
    public SafetensorsFile ReadTensors(string entry) => SafetensorsFile.FromBytes(Read(entry), $"{Path}!{entry}");

    public void Dispose() => _archive.Dispose();

    // Entries are stored as they are, so none can be larger than the file that holds it.
    private static byte[] ReadEntry(string path, ZipArchive archive, string name, int limit)
    {
        var entry = archive.GetEntry(name) ?? throw Broken(path, $"'{name}' is missing");
        if (entry.CompressedLength != entry.Length || entry.Length > limit)
            throw Broken(path, $"'{name}' is compressed or too large ({entry.Length:N0} bytes)");
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static CaptionTLException Broken(string path, string reason, Exception? inner = null) =>
        new($"{path} is not a usable model bundle: {reason}. If it was copied or downloaded, do that again.", isInput: true, inner);
}
