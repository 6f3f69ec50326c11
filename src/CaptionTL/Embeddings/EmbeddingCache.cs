using System.Globalization;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Embeddings;

/// <summary>
/// Embeddings on disk, found by what they are embeddings of: shards/*.safetensors and index.sqlite in one folder. Any
/// number of processes may read, write and prune one folder at once; a process that is killed costs the shard it was
/// writing and nothing else. All members are thread-safe.
/// </summary>
public sealed class EmbeddingCache : IDisposable
{
    private const long SpaceLeftOver = 256L << 20; // what the rest of the machine should still find, bytes

    private EmbeddingCache(string folder)
    {
        Folder = folder;
        ShardFolder = Path.Combine(folder, "shards");
        Directory.CreateDirectory(ShardFolder);
        Index = new EmbeddingIndex(Path.Combine(folder, "index.sqlite"));
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    internal string ShardFolder { get; }

    internal EmbeddingIndex Index { get; }

    /// <summary>Opens a cache; the folder is made where it is missing. <see cref="AppFolders.Embeddings"/> is the default.</summary>
    /// <exception cref="CaptionTLException">The folder cannot be written, or its index is damaged or of a newer version.</exception>
    public static EmbeddingCache Open(string folder)
    {
        try
        {
            return new EmbeddingCache(Path.GetFullPath(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptionTLException($"The embedding cache {folder} cannot be opened: {e.Message}. Set CAPTIONTL_HOME to a folder "
                + $"that can be written.", isInput: false, e);
        }
    }

    public void Dispose() => Index.Dispose();

    public bool Contains(EmbeddingKey key) => Index.Find([key])[0] is not null;

    /// <summary>Positions in <paramref name="keys"/> of those that are not in the cache, ascending.</summary>
    public int[] Missing(IReadOnlyList<EmbeddingKey> keys)
    {
        var found = Index.Find(keys);
        return [.. Enumerable.Range(0, found.Length).Where(i => found[i] is null)];
    }

    /// <summary>
    /// Maps the shards of these embeddings; row i of the table is <c>keys[i]</c>. While the table is open its shards are not pruned.
    /// </summary>
    /// <exception cref="CaptionTLException">Some are not in the cache, or a shard is damaged.</exception>
    public EmbeddingTable Load(IReadOnlyList<EmbeddingKey> keys)
    {
        for (var attempt = 0; ; attempt++)
        {
            var found = Index.Find(keys);
            var missing = found.Count(location => location is null);
            if (missing > 0)
                throw new CaptionTLException($"{missing} of {keys.Count} embeddings are not in the cache {Folder}. Run `captiontl "
                    + $"embed` on this data set again.", isInput: false);
            try
            {
                return EmbeddingTable.Open(this, found);
            }
            catch (WeightFileException e) when (attempt < 3 && e.InnerException is FileNotFoundException)
            {
                // Pruned between the two steps: the next look at the index says so.
            }
            catch (WeightFileException e)
            {
                throw new CaptionTLException($"The embedding cache is damaged: {e.Message}. Run `captiontl cache verify --repair`; what "
                    + $"is lost is computed again.", isInput: false, e);
            }
        }
    }

    /// <summary>Starts adding embeddings of one encoder.</summary>
    /// <param name="fingerprint">See <see cref="IImageEncoder.Fingerprint"/>.</param>
    /// <param name="cells">Of the grid.</param>
    /// <param name="channels">Of a cell.</param>
    /// <param name="maxShardBytes">A shard is held in memory until it is written.</param>
    public EmbeddingWriter CreateWriter(string fingerprint, int cells, int channels, long maxShardBytes = 64 << 20)
    {
        RemoveOrphans();
        return new EmbeddingWriter(this, fingerprint, cells, channels, maxShardBytes);
    }

    /// <summary>What the cache holds, one entry an encoder.</summary>
    public IReadOnlyList<EmbeddingCacheEntry> List() => Index.List();

    /// <summary>Bytes on disk of so many embeddings, index included.</summary>
    public static long EstimateBytes(long embeddings, int cells, int channels) => embeddings * (2L * cells * channels + 256);

    /// <summary>Throws where the disk has no room for so many more bytes, five per cent and 256 MB besides.</summary>
    /// <exception cref="CaptionTLException">Not enough room.</exception>
    public void RequireRoom(long bytes)
    {
        var free = new DriveInfo(Folder).AvailableFreeSpace;
        var needed = bytes + bytes / 20 + SpaceLeftOver;
        if (needed <= free) return;
        throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, 
            $"The embeddings take about {bytes / 1e9:0.0} GB and {needed / 1e9:0.0} GB must be free for them; {Folder} has "
                + $"{free / 1e9:0.0} GB free. ")
            + "Run `captiontl cache prune`, use fewer views, or set CAPTIONTL_HOME to a folder on another disk.", isInput: false);
    }

    /// <summary>Compares every shard with the SHA-256 it was written with.</summary>
    /// <param name="repair">Takes damaged shards out, so that their embeddings are computed again.</param>
    /// <param name="progress">Share of the bytes done, 0 to 1.</param>
    /// <param name="cancellation">Stops between two shards.</param>
    /// <returns>What is damaged; empty where all is well.</returns>
    public IReadOnlyList<EmbeddingDamage> Verify(bool repair = false, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        var damages = new List<EmbeddingDamage>();
        if (Index.Check() is { } reason) damages.Add(new EmbeddingDamage(Path.Combine(Folder, "index.sqlite"), reason, 0, Dropped: false));
        var shards = Index.Shards();
        var (total, done) = (shards.Sum(s => s.Bytes), 0L);
        foreach (var shard in shards)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = ShardPath(shard.Name);
            if (Damage(path, shard) is { } damage && Index.HasShard(shard.Name)) // or another process pruned it meanwhile
            {
                if (repair)
                {
                    Index.Remove(shard.Id);
                    FileLock.TryDeleteUnused(path);
                }
                damages.Add(new EmbeddingDamage(path, damage, shard.Rows, repair));
            }
            progress?.Report(total == 0 ? 1 : (double)(done += shard.Bytes) / total);
        }
        if (repair) RemoveOrphans();
        return damages;
    }

    /// <summary>Removes embeddings; shards that anyone is reading stay.</summary>
    public EmbeddingPruneResult Prune(EmbeddingPruneOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RemoveOrphans();
        var result = new EmbeddingPruneResult(0, 0, 0, 0);
        foreach (var shard in EmbeddingPruner.Choose(Index.Shards(), options, Index.List(), DateTimeOffset.UtcNow))
        {
            var path = ShardPath(shard.Name);
            var rows = 0;
            // The index first and the file second, both while the file is locked: a reader finds both, or neither.
            var removed = FileLock.TryDeleteUnused(path, () =>
            {
                rows = Index.Remove(shard.Id);
                return false;
            });
            if (!removed && !File.Exists(path)) rows = Index.Remove(shard.Id);
            else if (!removed)
            {
                result = result with { InUse = result.InUse + 1 };
                continue;
            }
            result = result with { Shards = result.Shards + 1, Embeddings = result.Embeddings + rows, Bytes = result.Bytes + shard.Bytes };
        }
        if (options.All) Index.ForgetFiles();
        return result;
    }

    internal string ShardPath(string name) => Path.Combine(ShardFolder, name);

    /// <summary>
    /// Removes what killed writers left: temporary files, and shards that never came into the index. A living writer
    /// keeps its shard open until it is in the index; the index is asked again under the lock.
    /// </summary>
    internal void RemoveOrphans()
    {
        AtomicFile.RemoveLeftovers(ShardFolder);
        var known = Index.Shards().Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(ShardFolder, "*.safetensors"))
        {
            var name = Path.GetFileName(path);
            if (!known.Contains(name)) FileLock.TryDeleteUnused(path, () => Index.HasShard(name));
        }
    }

    private static string? Damage(string path, ShardRecord shard)
    {
        try
        {
            using var stream = FileLock.OpenShared(path);
            if (stream.Length != shard.Bytes) return $"it has {stream.Length} bytes, {shard.Bytes} were written";
            var sum = ContentHash.FromBytes(SHA256.HashData(stream));
            return sum == shard.Sha256 ? null : $"its SHA-256 is {sum}, {shard.Sha256} was written: some bit changed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is FileNotFoundException ? "it is gone" : e.Message;
        }
    }
}

/// <summary>What the cache holds of one encoder.</summary>
/// <param name="Fingerprint">See <see cref="IImageEncoder.Fingerprint"/>.</param>
/// <param name="Cells">Of the grid.</param>
/// <param name="Channels">Of a cell.</param>
/// <param name="Images">Different images.</param>
/// <param name="Embeddings">Images times their views.</param>
/// <param name="Shards">Files.</param>
/// <param name="Bytes">Of the files.</param>
/// <param name="Created">First shard.</param>
/// <param name="LastUsed">To the hour.</param>
public sealed record EmbeddingCacheEntry(
    string Fingerprint, int Cells, int Channels, int Images, int Embeddings, int Shards, long Bytes, DateTimeOffset Created,
        DateTimeOffset LastUsed)
{
    /// <summary>Of the network.</summary>
    public string Architecture => Part(0);

    /// <summary>Block whose output is kept.</summary>
    public string Cut => Part(2);

    private string Part(int index) => Fingerprint.Split(';').ElementAtOrDefault(index) ?? "";
}

/// <summary>What an embedding is the embedding of.</summary>
/// <param name="Content">SHA-256 of the image file's bytes.</param>
/// <param name="Encoder">Hash of <see cref="IImageEncoder.Fingerprint"/>.</param>
/// <param name="View">Augmented version of the image; 0 is the image itself.</param>
public readonly record struct EmbeddingKey(ContentHash Content, ContentHash Encoder, int View);

/// <summary>A file of the cache that is not as it was written.</summary>
/// <param name="File">Full path.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Embeddings">How many embeddings it holds or held.</param>
/// <param name="Dropped">True where they were taken out of the index, so that they are computed again.</param>
public sealed record EmbeddingDamage(string File, string Reason, int Embeddings, bool Dropped);

/// <summary>The frozen prefix of a CNN, seen from the cache: prepared pixels in, one embedding an image out.</summary>
public interface IImageEncoder
{
    /// <summary>
    /// Architecture, weights' SHA-256, cut, preprocessing and arithmetic, parted by semicolons: embeddings with equal fingerprints are
    /// interchangeable.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>What the pixels must have gone through.</summary>
    Preprocessing Preprocessing { get; }

    /// <summary>Cells of the grid, h·w.</summary>
    int Cells { get; }

    int Channels { get; }

    /// <summary>
    /// Embeddings of a batch, row-major (images, cells, channels), fp16, written to <paramref name="destination"/>
    /// (images · <see cref="Cells"/> · <see cref="Channels"/> numbers). Every image has the size of <see cref="Preprocessing"/>.
    /// Not thread-safe: one caller at a time.
    /// </summary>
    void Encode(IReadOnlyList<RgbImage> images, Span<Half> destination);
}

/// <summary>A SHA-256, as a value.</summary>
public readonly record struct ContentHash(UInt128 High, UInt128 Low)
{
    /// <summary>Bytes.</summary>
    public const int Size = 32;

    public static ContentHash Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(content, hash);
        return FromBytes(hash);
    }

    /// <summary>Of the UTF-8 bytes of a text, for instance of an encoder's fingerprint.</summary>
    public static ContentHash OfText(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <param name="hash">32 bytes.</param>
    public static ContentHash FromBytes(ReadOnlySpan<byte> hash) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..Size]));

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToBytes());
}
