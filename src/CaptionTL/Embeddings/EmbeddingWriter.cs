using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CaptionTL.IO;
using CaptionTL.Weights;
using Microsoft.Data.Sqlite;

namespace CaptionTL.Embeddings;

/// <summary>
/// Adds embeddings to the cache, shard by shard: collected in memory, written beside, flushed to the disk, renamed, and
/// only then entered into the index. Not thread-safe.
/// </summary>
public sealed class EmbeddingWriter : IDisposable
{
    private readonly EmbeddingCache _cache;
    private readonly string _fingerprint;
    private readonly ContentHash _encoder;
    private readonly int _cells, _channels, _rowsPerShard;
    private readonly List<EmbeddingKey> _keys = [];
    private Half[] _values = [];

    internal EmbeddingWriter(EmbeddingCache cache, string fingerprint, int cells, int channels, long maxShardBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cells, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (_cache, _fingerprint, _cells, _channels) = (cache, fingerprint, cells, channels);
        _encoder = ContentHash.OfText(fingerprint);
        _rowsPerShard = (int)Math.Clamp(maxShardBytes / (2L * cells * channels), 1, Array.MaxLength / ((long)cells * channels));
    }

    /// <summary>Embeddings that are not in the cache yet.</summary>
    public int Pending => _keys.Count;

    /// <summary>Adds one embedding; a full shard is written at once.</summary>
    /// <param name="content">Of the image's bytes.</param>
    /// <param name="view">0 is the image itself.</param>
    /// <param name="embedding">cells × channels numbers, row-major; copied.</param>
    public void Add(ContentHash content, int view, ReadOnlySpan<Half> embedding)
    {
        var size = _cells * _channels;
        if (embedding.Length != size)
            throw new ArgumentException($"an embedding of {_cells} × {_channels} has {size} numbers, got {embedding.Length}",
                nameof(embedding));
        var start = _keys.Count * size;
        if (_values.Length < start + size)
            Array.Resize(ref _values, (int)Math.Min(Math.Max(2L * _values.Length, 16L * size), (long)_rowsPerShard * size));
        embedding.CopyTo(_values.AsSpan(start));
        _keys.Add(new EmbeddingKey(content, _encoder, view));
        if (_keys.Count == _rowsPerShard) Flush();
    }

    /// <summary>Writes what is pending; after this it survives the end of the process.</summary>
    /// <exception cref="CaptionTLException">The disk is full or cannot be written.</exception>
    public void Flush()
    {
        if (_keys.Count == 0) return;
        try
        {
            WriteShard();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new CaptionTLException($"Embeddings cannot be written to {_cache.ShardFolder}: {e.Message}. What was there "
                + $"before is kept.", isInput: false, e);
        }
        _keys.Clear();
    }

    /// <summary>Drops what is pending: call <see cref="Flush"/> first.</summary>
    public void Dispose()
    {
        _keys.Clear();
        _values = [];
    }

    private void WriteShard()
    {
        var name = $"{_encoder.ToString()[..12]}-{Guid.NewGuid():N}.safetensors";
        using var file = AtomicFile.Create(_cache.ShardPath(name));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        SafetensorsWriter.Write(new HashingStream(file.Stream, hash), Tensors(), new Dictionary<string, string>
        {
            ["format"] = "captiontl-embeddings-1",
            ["fingerprint"] = _fingerprint,
        });
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var shard = new ShardRecord(0, name, _encoder, _keys.Count, file.Stream.Length,
            ContentHash.FromBytes(hash.GetHashAndReset()), now, now);
        file.Commit();
        // The file stays open, and so locked, until the index knows it: no clean-up takes it for an orphan.
        // another process was quicker with all of them
        if (_cache.Index.Commit(shard, _fingerprint, _cells, _channels, _keys) == 0) File.Delete(file.Path);
    }

    /// <summary>The shard says itself what its rows are: contents[i] is the SHA-256 of the image, views[i] the view.</summary>
    private SafetensorsTensor[] Tensors()
    {
        var n = _keys.Count;
        var contents = new byte[n * ContentHash.Size];
        for (var i = 0; i < n; i++) _keys[i].Content.CopyTo(contents.AsSpan(i * ContentHash.Size));
        var views = MemoryMarshal.AsBytes(_keys.Select(k => k.View).ToArray().AsSpan()).ToArray();
        return [
            new SafetensorsTensor("embeddings", TensorDType.F16, [n, _cells, _channels],
                stream => stream.Write(MemoryMarshal.AsBytes(_values.AsSpan(0, n * _cells * _channels)))),
            SafetensorsTensor.FromBytes("contents", TensorDType.U8, [n, ContentHash.Size], contents),
            SafetensorsTensor.FromBytes("views", TensorDType.I32, [n], views)];
    }
}
